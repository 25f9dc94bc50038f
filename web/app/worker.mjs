// Python in a worker: unpacks it with the program, and answers the calls of the page one after the other.

import parts from "./parts.mjs";
import { OPTIONS, withProgram } from "./python.mjs";

let python;

self.onmessage = async ({ data: { id, call, facts, files } }) => {
  try {
    python ??= start();
    const answer = await python;
    self.postMessage({ id, ...answer(call, facts, files, (step) => self.postMessage({ id, step })) });
  } catch (error) {
    self.postMessage({ id, error: String(error?.message ?? error).slice(0, 2000) });
  }
};
python = start();
python.catch((error) => self.postMessage({ id: 0, error: String(error?.message ?? error).slice(0, 2000) }));

async function start() {
  const given = {};
  const wanted = [parts.wasm, ...parts.archives];
  const total = wanted.reduce((sum, part) => sum + part.bytes, 0);
  let done = 0;
  const downloaded = await Promise.all(wanted.map((part) => fetchPart(part, (bytes) => {
    done += bytes;
    self.postMessage({ id: 0, step: "download", done, total });
  })));
  wanted.forEach((part, at) => { given[part.path] = downloaded[at]; });
  self.postMessage({ id: 0, step: "python", done: total, total });
  const held = (name) => given[parts.archives.find((part) => part.path.startsWith(`${name}.`)).path];
  const at = new URL(parts.python, import.meta.url).href;
  serveToPython({ "pyodide.asm.wasm": [given[parts.wasm.path], "application/wasm"], "standard.zip": [held("standard"), "application/zip"] });
  const { loadPyodide } = await import(`./${parts.python}pyodide.mjs`);
  const pyodide = await loadPyodide({
    ...OPTIONS, indexURL: at, packageBaseUrl: at, stdLibURL: new URL("standard.zip", at).href,
  });
  self.postMessage({ id: 0, step: "modules", done: total, total });
  const answer = withProgram(pyodide, [held("libraries"), held("khelang")]);
  self.postMessage({ id: 0, step: "ready", done: total, total });
  return answer;
}

/** A part of Python, unpacked; the browser refuses bytes that have not its hash. */
async function fetchPart({ path, integrity }, onBytes) {
  const response = await fetch(new URL(`./${path}`, import.meta.url), { integrity });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  const counted = response.body.pipeThrough(new TransformStream({
    transform(chunk, to) { onBytes(chunk.byteLength); to.enqueue(chunk); },
  }));
  return new Uint8Array(await new Response(counted.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
}

/** Pyodide fetches its parts itself: it is given those that are here already, and nothing else. */
function serveToPython(held) {
  self.fetch = async (address) => {
    const name = String(address?.url ?? address).split("/").pop();
    if (!held[name]) throw new Error(`nothing is fetched here: ${name}`);
    const [data, type] = held[name];
    return new Response(data, { headers: { "Content-Type": type } });
  };
}
