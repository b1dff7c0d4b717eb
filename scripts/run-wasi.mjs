// Runs a WASI program in Node, with arguments. It is cargo's runner for wasm32-wasip1.
//
// The program has the environment, clocks and randomness, but no files.
import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';

const [program, ...args] = process.argv.slice(2);
const wasi = new WASI({ version: 'preview1', args: [program, ...args], env: process.env });
const compiled = new WebAssembly.Module(readFileSync(program));
const instance = new WebAssembly.Instance(compiled, {
    wasi_snapshot_preview1: wasi.wasiImport,
});
process.exitCode = wasi.start(instance);
