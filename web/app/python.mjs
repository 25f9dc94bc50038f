// Python with the program, wherever it runs: in the worker of the page, or in Node for the tests.

const HOME = "/khelang";
const WORK = "/work";

export const OPTIONS = {
  fullStdLib: false,
  lockFileContents: {
    info: { abi_version: "2026_0", arch: "wasm32", platform: "emscripten", python: "3.14.2", version: "0" },
    packages: {},
  },
  env: { HOME: "/home", PYTHONDONTWRITEBYTECODE: "1", TZ: "Asia/Bangkok" },
};

/** Unpack the program and its libraries: what answers a call by its name, facts, files and a function for its steps. */
export function withProgram(pyodide, archives) {
  for (const archive of archives) pyodide.unpackArchive(archive, "zip", { extractDir: HOME });
  pyodide.FS.mkdirTree(WORK);
  const answer = pyodide.runPython(`
import sys
sys.path.insert(0, ${JSON.stringify(HOME)})
from khelang_opendata.browser import answer
answer`);
  let calls = 0;
  return (...asked) => answered(pyodide, answer, `${WORK}/${++calls}`, ...asked);
}

/** Answer one call: its files go into a folder of their own, and what it makes comes out; nothing stays. */
function answered({ FS }, answer, folder, call, facts, files, onStep) {
  FS.mkdirTree(folder);
  try {
    for (const [path, data] of Object.entries(files)) {
      const place = `${folder}/${path}`;
      FS.mkdirTree(place.slice(0, place.lastIndexOf("/")));
      FS.writeFile(place, data);
    }
    const text = answer(call, JSON.stringify(facts), folder, onStep);
    return { ...JSON.parse(text), files: filesBelow(FS, `${folder}/out`) };
  } finally {
    removed(FS, folder);
  }
}

function filesBelow(FS, folder, path = "", found = {}) {
  if (!FS.analyzePath(folder + path).exists) return found;
  for (const name of FS.readdir(folder + path)) {
    if (name === "." || name === "..") continue;
    const inner = `${path}/${name}`;
    if (FS.isDir(FS.stat(folder + inner).mode)) filesBelow(FS, folder, inner, found);
    else found[inner.slice(1)] = FS.readFile(folder + inner).slice();
  }
  return found;
}

function removed(FS, path) {
  for (const name of FS.readdir(path)) {
    if (name === "." || name === "..") continue;
    const inner = `${path}/${name}`;
    if (FS.isDir(FS.lstat(inner).mode)) removed(FS, inner);
    else FS.unlink(inner);
  }
  FS.rmdir(path);
}
