/** Variables that change what cf-mtls does, for the help. */
export const ENVIRONMENT: readonly { readonly name: string; readonly does: string }[] = [
  { name: 'CLOUDFLARE_API_TOKEN', does: 'An API token; the usual way.' },
  {
    name: 'CLOUDFLARE_EMAIL, CLOUDFLARE_API_KEY',
    does: 'A user and the global API key, where there is no token.',
  },
  { name: 'CLOUDFLARE_BASE_URL', does: 'Another address of the API (https://api.cloudflare.com/client/v4).' },
  { name: 'CF_MTLS_LOG', does: 'debug: trace requests on stderr, without secrets.' },
  {
    name: 'NO_COLOR, FORCE_COLOR',
    does: 'Never or always colour the output; NO_COLOR wins, and empty is as good as not set.',
  },
  { name: 'CI', does: 'Where it is set, nothing is asked.' },
  {
    name: 'GITHUB_ACTIONS, GITHUB_OUTPUT',
    does: 'Set in a job of GitHub Actions: show faults at their lines, and give outputs.',
  },
  { name: 'HTTPS_PROXY, NODE_EXTRA_CA_CERTS', does: 'The way to the API, as everywhere.' },
];

/** Every exit code; each command says which of them it uses. */
export const EXIT_CODES: readonly { readonly code: number; readonly means: string }[] = [
  { code: 0, means: 'done, or nothing to do' },
  { code: 1, means: 'error, refusal or wrong usage; nothing was written' },
  { code: 2, means: 'there are changes, or something is due, where that was asked' },
  { code: 3, means: 'something was written, and something failed or was not tried' },
  { code: 130, means: 'interrupted' },
];
