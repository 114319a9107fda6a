export { desiredAt, differsInMeaning } from './changed.ts';
export type { DesiredDoor, RunResult } from './door.ts';
export { usualPaths } from './files.ts';
export { resolveKeys } from './keys.ts';
export { loadDesired } from './load.ts';
export { defaultPolicy } from './policy.ts';
export { previousHostnames } from './previous.ts';
