// Makes dist/main.cjs: one file, with everything it needs inside and the schema compiled to code.
import { chmodSync, readFileSync, rmSync } from 'node:fs';
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

/** ajv compiles a schema to a function; here it does so once and for all, in place of `src/desired/schema.ts`. */
function schemaAsCode() {
  return {
    name: 'schema-as-code',
    setup(hooks) {
      hooks.onLoad({ filter: /src\/desired\/schema\.ts$/ }, () => {
        const schema = JSON.parse(
          readFileSync(new URL('../schemas/desired-state.schema.json', import.meta.url), 'utf8'),
        );
        const ajv = new Ajv({ allErrors: true, verbose: true, strict: false, code: { source: true, esm: true } });
        const code = standaloneCode(ajv, ajv.compile(schema));
        return {
          contents: `${code}\nexport const validateShape = validate;`,
          loader: 'js',
          resolveDir: new URL('.', import.meta.url).pathname,
        };
      });
    },
  };
}
