import { inputError } from '../model/fault.ts';
import type { TokenGiven } from './auth.ts';
import type { Delays, Features, Limits } from './rules.ts';

/** What `cf-mtls simulate` was asked for. */
export interface SimulateSettings {
  /** 0 takes any that is free. */
  port: number;
  stateFile: string | undefined;
  delays: Partial<Writable<Delays>>;
  limits: Partial<Writable<Limits>>;
  features: Partial<Writable<Features>>;
  tokens: TokenGiven[];
}
type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** One option of the command, as its help and its parser know it. */
export interface SimulateOption {
  /** What stands for its value in the help. Without it the option is a switch. */
  readonly value?: string;
  readonly many?: boolean;
  readonly choices?: readonly string[];
  readonly completes?: 'files';
  readonly help: string;
  /** Throws an InputError that says what would be right. */
  set(settings: SimulateSettings, text: string, name: string): void;
}

/** Every option of `cf-mtls simulate`, by its name without dashes. */
export const SIMULATE_OPTIONS: Readonly<Record<string, SimulateOption>> = {
  port: option('N', 'Listen on this port of 127.0.0.1 (any that is free).', (settings, text, name) => {
    settings.port = whole(text, name, 65_535);
  }),
  state: {
    ...option('FILE', 'Keep the state in this file, and begin with what it holds.', (settings, text) => {
      settings.stateFile = text;
    }),
    completes: 'files',
  },
  'deploy-delay': delay('Time until an upload or an association is active (1.2s).', ['deploy']),
  'delete-delay': delay('Time until a deleted certificate or a voided association is gone (3s).', ['delete', 'void']),
  'list-lag': delay('Time for which a new certificate is missing from the lists (0s).', ['listLag']),
  busy: delay('Time for which a zone refuses the next change of its certificates (0s).', ['busy']),
  'access-settle': delay('Time for which Access takes over a change and refuses the next (1s).', ['accessSettle']),
  'rate-limit': option('N', 'Requests per token in five minutes, 0 for no limit (1200).', (settings, text, name) => {
    settings.limits.requests = whole(text, name);
  }),
  'access-quota': option(
    'N',
    'Access certificates of an account, 0 as without Enterprise (50).',
    (settings, text, name) => {
      settings.limits.accessCertificates = whole(text, name);
    },
  ),
  'no-association-list': flag('Do not offer the list of associations, as some deployments.', (settings) => {
    settings.features.associationList = '404';
  }),
  'no-auto-create': flag(
    'Know only the zones and accounts of the state, instead of every one that is asked for.',
    (settings) => {
      settings.features.autoCreate = false;
    },
  ),
  'settings-mode': choice('How a PUT of Access settings is read (merge).', ['merge', 'replace'], (settings, mode) => {
    settings.features.settingsMode = mode;
  }),
  overlap: choice(
    'Whether a hostname may stand on two Access certificates (allowed).',
    ['allowed', 'refused'],
    (settings, overlap) => {
      settings.features.accessOverlap = overlap;
    },
  ),
  token: {
    ...option(
      'TOKEN[=PERMISSION,…]',
      'Accept this token, for everything or for these permissions; others are refused.',
      (settings, text) => {
        const [token = '', permissions] = text.split(/=(.*)/s);
        if (token === '') throw inputError('--token is a token, or a token with its permissions');
        const names = permissions?.split(',').map((name) => name.trim());
        settings.tokens.push(
          names === undefined ? { token } : { token, permissions: names.filter((name) => name !== '') },
        );
      },
    ),
    many: true,
  },
};

/** Turns what was given, by option name, into settings. Throws an InputError. */
export function simulateSettings(
  given: ReadonlyMap<string, true | string | number | readonly string[]>,
): SimulateSettings {
  const settings: SimulateSettings = {
    port: 0,
    stateFile: undefined,
    delays: {},
    limits: {},
    features: {},
    tokens: [],
  };
  for (const [name, option] of Object.entries(SIMULATE_OPTIONS)) {
    const value = given.get(name);
    if (value === undefined) continue;
    for (const text of Array.isArray(value) ? value : [value]) option.set(settings, `${text}`, name);
  }
  return settings;
}

function option(value: string, help: string, set: SimulateOption['set']): SimulateOption {
  return { value, help, set };
}

function flag(help: string, set: (settings: SimulateSettings) => void): SimulateOption {
  return { help, set };
}

function delay(help: string, names: readonly (keyof Delays)[]): SimulateOption {
  return option('TIME', help, (settings, text, name) => {
    for (const key of names) settings.delays[key] = milliseconds(text, name);
  });
}

function choice<T extends string>(
  help: string,
  choices: readonly T[],
  set: (settings: SimulateSettings, value: T) => void,
): SimulateOption {
  const choose: SimulateOption['set'] = (settings, text, name) => {
    const chosen = choices.find((candidate) => candidate === text);
    if (chosen === undefined) throw inputError(`--${name} is ${choices.join(' or ')}`);
    set(settings, chosen);
  };
  return { ...option(choices.join('|'), help, choose), choices };
}

function whole(text: string, name: string, most = Number.MAX_SAFE_INTEGER): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= most) return value;
  throw inputError(`--${name} is a whole number from 0${most < Number.MAX_SAFE_INTEGER ? ` to ${most}` : ''}`);
}

function milliseconds(text: string, name: string): number {
  const [, amount = '', unit = ''] = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(text === '0' ? '0s' : text) ?? [];
  const factor = UNITS[unit];
  if (factor === undefined) throw inputError(`--${name} is a time such as 500ms, 2s or 1m`);
  return Number(amount) * factor;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };
