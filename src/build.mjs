// Makes dist/: main.cjs, and beside it what a command loads only when it needs it. Schemas are compiled to code.
import { chmodSync, readFileSync, renameSync, rmSync } from 'node:fs';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'rolldown';

const path = (relative) => new URL(relative, import.meta.url).pathname;
const draft = path(`../dist.${process.pid}`);

await build({
  input: { main: path('./main.ts') },
  platform: 'node',
  plugins: [schemaAsCode(), twoOfUndici(), withoutHttp2()],
  // The modules of yaml, of which only what is used comes along; what it has for Node is one CommonJS block.
  resolve: { alias: { yaml: path('../node_modules/yaml/browser/dist/index.js') } },
  output: {
    dir: draft,
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]-[hash].cjs',
    banner: (chunk) => (chunk.isEntry ? '#!/usr/bin/env node' : ''),
    minify: true,
    comments: { legal: false },
  },
  logLevel: 'warn',
});
chmodSync(`${draft}/main.cjs`, 0o755);
rmSync(path('../dist'), { recursive: true, force: true });
renameSync(draft, path('../dist'));

/** ajv compiles a schema to a function; here it does so once and for all, in place of the two files that call it. */
function schemaAsCode() {
  const options = { verbose: true, allowUnionTypes: true, code: { source: true, esm: true } };
  const isProse = (key, value) => typeof value === 'string' && (key === 'description' || key === 'title');
  const ready = {
    desired: ['desired-state', 'validateShape', { ...options, allErrors: true, messages: false }],
    plan: ['plan', 'validatePlan', options],
  };
  return {
    name: 'schema-as-code',
    load: {
      filter: { id: /src\/(desired|plan)\/schema\.ts$/ },
      handler(id) {
        const [file, name, how] = ready[id.includes('/desired/') ? 'desired' : 'plan'];
        const text = readFileSync(path(`../schemas/${file}.schema.json`), 'utf8');
        const schema = JSON.parse(text, (key, value) => (isProse(key, value) ? undefined : value));
        const ajv = new Ajv(how);
        const code = standaloneCode(ajv, ajv.compile(schema));
        return { code: `${code}\nexport const ${name} = validate;`, moduleType: 'js' };
      },
    },
  };
}

/** Of undici, the two agents and what they need. Its index brings a fetch of its own, caches and mocks as well: half of its size. */
function twoOfUndici() {
  const file = (name) => JSON.stringify(path(`../node_modules/undici/lib/${name}.js`));
  // The way through a proxy begins with `connect`, which the index gives to every dispatcher.
  const code = `
    import Dispatcher from ${file('dispatcher/dispatcher')};
    import connect from ${file('api/api-connect')};
    Dispatcher.prototype.connect = connect;
    export { default as Agent } from ${file('dispatcher/agent')};
    export { default as EnvHttpProxyAgent } from ${file('dispatcher/env-http-proxy-agent')};`;
  return {
    name: 'two-of-undici',
    resolveId: { filter: { id: /^undici$/ }, handler: () => 'two-of-undici' },
    load: { filter: { id: /^two-of-undici$/ }, handler: () => ({ code, moduleType: 'js' }) },
  };
}

/** undici's HTTP/2 is never asked for: ours is src/cloudflare/http2.ts. */
function withoutHttp2() {
  const code = "module.exports = () => { throw new Error('HTTP/2 is not for undici here'); };";
  return {
    name: 'without-http2',
    load: { filter: { id: /undici\/lib\/dispatcher\/client-h2\.js$/ }, handler: () => ({ code, moduleType: 'js' }) },
  };
}
