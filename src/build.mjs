// Makes dist/main.cjs: one file, with everything it needs inside and the schema compiled to code.
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';

const dist = new URL('../dist/', import.meta.url).pathname;
rmSync(dist, { recursive: true, force: true });

await build({
  entryPoints: [new URL('./main.ts', import.meta.url).pathname],
  outfile: `${dist}main.cjs`,
  bundle: true,
  minify: true,
  keepNames: true,
  platform: 'node',
  target: 'node20.19',
  format: 'cjs',
  banner: { js: '#!/usr/bin/env node' },
  logLevel: 'warning',
  plugins: [schemaAsCode()],
});
chmodSync(`${dist}main.cjs`, 0o755);

/** ajv compiles a schema to a function; here it does so once and for all, in place of the two files that call it. */
function schemaAsCode() {
  const options = { allErrors: true, verbose: true, allowUnionTypes: true, code: { source: true, esm: true } };
  const ready = {
    desired: ['desired-state', 'validateShape', options],
    plan: ['plan', 'validatePlan', { ...options, allErrors: false }],
  };
  return {
    name: 'schema-as-code',
    setup(hooks) {
      hooks.onLoad({ filter: /src\/(desired|plan)\/schema\.ts$/ }, ({ path }) => {
        const [file, name, how] = ready[path.includes('/desired/') ? 'desired' : 'plan'];
        const schema = JSON.parse(readFileSync(new URL(`../schemas/${file}.schema.json`, import.meta.url), 'utf8'));
        const ajv = new Ajv(how);
        const code = standaloneCode(ajv, ajv.compile(schema));
        return { contents: `${code}\nexport const ${name} = validate;`, loader: 'js', resolveDir: dirname(path) };
      });
    },
  };
}
