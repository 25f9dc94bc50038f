// Asks calls in Node, with what `make web` built: the tests compare the answers with the command's.
// node ask.mjs <build/web> reads lines {call, facts, places, to}: by place, a file or the folder of its files.

import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";

import { OPTIONS, withProgram } from "./python.mjs";

const built = resolve(process.argv[2]);
const unpacked = (name) => new Uint8Array(gunzipSync(readFileSync(join(built, name))));
const named = (start) => readdirSync(built).find((name) => name.startsWith(start));
const work = mkdtempSync(join(tmpdir(), "khelang-python-"));

cpSync(join(built, named("python-")), work, { recursive: true });
writeFileSync(join(work, "pyodide.asm.wasm"), unpacked(join(named("python-"), "pyodide.asm.wasm.gz")));
writeFileSync(join(work, "standard.zip"), unpacked(named("standard.")));
process.on("exit", () => rmSync(work, { recursive: true, force: true }));

const { loadPyodide } = await import(pathToFileURL(join(work, "pyodide.mjs")));
const started = performance.now();
const python = await loadPyodide({ ...OPTIONS, indexURL: work, packageBaseUrl: work, stdLibURL: join(work, "standard.zip") });
const answer = withProgram(python, [unpacked(named("libraries.")), unpacked(named("khelang."))]);
console.log(JSON.stringify({ ready: Math.round(performance.now() - started) }));

for await (const line of createInterface({ input: process.stdin })) {
  const { call, facts = {}, places = {}, to } = JSON.parse(line);
  const files = Object.assign({}, ...Object.entries(places).map(([place, path]) => filesOf(place, path)));
  const began = performance.now();
  let result;
  try {
    result = answer(call, facts, files, () => {});
  } catch (error) {  // Python is dead, as in the page's worker
    console.log(JSON.stringify({ error: String(error) }));
    process.exit(1);
  }
  const milliseconds = Math.round(performance.now() - began);
  for (const [path, data] of Object.entries(result.files)) {
    const place = join(to, path);
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, data);
  }
  const memory = python._module.HEAP8.length;
  console.log(JSON.stringify({ ...result, files: Object.keys(result.files).sort(), milliseconds, memory }));
}

function filesOf(place, path) {
  const held = (file) => new Uint8Array(readFileSync(file));
  if (!statSync(path).isDirectory()) return { [`${place}/${basename(path)}`]: held(path) };
  const names = readdirSync(path, { recursive: true }).filter((name) => !statSync(join(path, name)).isDirectory());
  return Object.fromEntries(names.map((name) => [`${place}/${name}`, held(join(path, name))]));
}
