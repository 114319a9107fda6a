export type { SimRequest, SimResponse } from './answer.ts';
export type { KeyGiven, TokenGiven } from './auth.ts';
export { fetchFrom, type SimulatedFetch } from './fetch.ts';
export { SIMULATE_OPTIONS, type SimulateOption, type SimulateSettings, simulateSettings } from './options.ts';
export type { Delays, Features, Limits } from './rules.ts';
export { type Served, type ServeOptions, serve } from './server.ts';
export { type SimulateIo, simulate } from './simulate.ts';
export {
  createSimulator,
  type Simulator,
  type SimulatorClock,
  type SimulatorOptions,
  type Write,
} from './simulator.ts';
export type { SimulatorState } from './state.ts';
export { keepState, loadState, saveState } from './state-file.ts';
export type { Breach } from './world.ts';
