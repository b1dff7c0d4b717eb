// Runs a WASI program in Node, with arguments. It is cargo's runner for wasm32-wasip1.
//
// The program has the environment, clocks and randomness, but no files.
import { readFileSync } from 'node:fs';
import { WASI } from 'node:wasi';

const [program, ...args] = process.argv.slice(2);
const wasi = new WASI({ version: 'preview1', args: [program, ...args], env: process.env });
const compiled = new WebAssembly.Module(readFileSync(program));
// Node 20 aborts without a word when the program calls some of these functions directly after its
// memory has grown. Behind functions of JavaScript they work.
const imports = Object.entries(wasi.wasiImport).map(([name, called]) => [
    name,
    (...given) => called(...given),
]);
const instance = new WebAssembly.Instance(compiled, {
    wasi_snapshot_preview1: Object.fromEntries(imports),
});
process.exitCode = wasi.start(instance);
