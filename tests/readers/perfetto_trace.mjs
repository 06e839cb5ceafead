// perfetto_trace.mjs PROCESSOR TRACE: what the trace processor in that folder makes of a trace, as JSON.
//
// The processor is built for a worker of a browser. It gets what such a worker has, and then what it
// would be sent from the page; each change of its code must fit exactly once, or it is another version.
import fs from 'node:fs';
import path from 'node:path';
import vm from 'node:vm';
import { pathToFileURL } from 'node:url';

const [folder, file] = process.argv.slice(2);
const QUERIES = {
  tracks: `
    select t.id, t.name, t.parent_id as parent,
           (select count(*) from slice s where s.track_id = t.id) as slices
    from track t order by t.id`,
  slices: `
    select s.ts, s.dur, s.depth, s.name, s.category, s.track_id as track, to_realtime(s.ts) as wall,
           extract_arg(s.arg_set_id, 'debug.turn') as turn,
           extract_arg(s.arg_set_id, 'debug.wait_us') as wait_us,
           extract_arg(s.arg_set_id, 'debug.outcome') as outcome,
           extract_arg(s.arg_set_id, 'debug.correlation') as correlation
    from slice s order by s.ts, s.id`,
  flows: `
    select extract_arg(o.arg_set_id, 'debug.turn') as cause, extract_arg(i.arg_set_id, 'debug.turn') as effect
    from flow f join slice o on o.id = f.slice_out join slice i on i.id = f.slice_in order by f.id`,
  problems: `select name, idx, severity, value from stats where value > 0 and severity != 'info'`,
};

function changed(code, from, to) {
  if (code.split(from).length !== 2) throw new Error(`this is another version: not exactly one '${from}'`);
  return code.replace(from, () => to);
}

async function startBridge() {
  globalThis.self = globalThis;
  globalThis.WorkerGlobalScope ??= class WorkerGlobalScope {};
  globalThis.location ??= { href: pathToFileURL(folder).href + '/' };
  globalThis.processorWasm = fs.readFileSync(path.join(folder, 'trace_processor.wasm'));
  let code = fs.readFileSync(path.join(folder, 'engine_bundle.node.js'), 'utf8');
  code = changed(code, 'this.useMemory64 = hasMemory64Support()', 'this.useMemory64 = false');
  code = changed(code, 'locateFile: (s) => s,', 'locateFile: (s) => s, wasmBinary: globalThis.processorWasm,');
  code = changed(code, 'const wasmBridge = new', 'const wasmBridge = globalThis.processorBridge = new');
  vm.runInThisContext(code, { filename: 'engine_bundle.node.js' });
  for (let tries = 0; tries < 3000; ++tries) {
    if (globalThis.processorBridge.reqBufferAddr) return globalThis.processorBridge;
    await new Promise((resume) => setTimeout(resume, 10));
  }
  throw new Error('the trace processor did not start in 30 s');
}

async function opened() {
  const { EngineBase } = await import(pathToFileURL(path.join(folder, 'engine.mjs')).href);
  const bridge = await startBridge();
  class Engine extends EngineBase {
    mode = 'WASM';
    id = 'node';
    rpcSendRequestBytes(data) {
      bridge.onMessage({ data });
    }
  }
  const engine = new Engine();
  bridge.initialize({ postMessage: (data) => engine.onRpcResponseBytes(data) });
  const bytes = new Uint8Array(fs.readFileSync(file));
  for (let at = 0; at < bytes.length; at += 32 << 20) await engine.parse(bytes.subarray(at, at + (32 << 20)));
  await engine.notifyEof();
  return engine;
}

async function rows(engine, query) {
  const result = await engine.query(query);
  if (result.error()) throw new Error(result.error());
  const all = [];
  for (const row = result.iter({}); row.valid(); row.next())
    all.push(Object.fromEntries(result.columns().map((column) => [column, row.get(column)])));
  return all;
}

// Times of the wall clock are too large for JavaScript's numbers, so they go as texts.
const plain = (_, value) =>
  typeof value !== 'bigint' ? value : Number.isSafeInteger(Number(value)) ? Number(value) : String(value);

for (const noise of ['log', 'warn']) console[noise] = () => {};
try {
  const engine = await opened();
  const found = {};
  for (const [name, query] of Object.entries(QUERIES)) found[name] = await rows(engine, query);
  fs.writeSync(1, JSON.stringify(found, plain));
  process.exit(0);
} catch (problem) {
  fs.writeSync(2, String(problem?.message ?? problem) + '\n');
  process.exit(1);
}
