// Compiles the modules in ZIP files with the Python that the page runs, in Node: another Python's are not read by it.
// node compile.mjs <input.zip> <output.zip> <optimization level> ...

import { readFileSync, writeFileSync } from "node:fs";
import { loadPyodide } from "pyodide";

const COMPILED = `
import importlib.util, io, marshal, sys, zipfile, zlib

FLAGS = (0b01).to_bytes(4, "little")  # compiled from a known source that is not looked for again (PEP 552)

def compiled(name, source, level):
    code = compile(source, name, "exec", dont_inherit=True, optimize=level)
    return importlib.util.MAGIC_NUMBER + FLAGS + importlib.util.source_hash(source) + marshal.dumps(code)

def packed(data, level):
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w") as made:
        for name in sorted(given.namelist()):
            content = given.read(name)
            if name.endswith(".py"):
                content, name = compiled(name, content, level), name + "c"
            made.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return out.getvalue()

packed(bytes(data), level)
`;

const python = await loadPyodide();
for (let at = 2; at < process.argv.length; at += 3) {
  const [input, output, level] = process.argv.slice(at, at + 3);
  const locals = python.toPy({ data: new Uint8Array(readFileSync(input)), level: Number(level) });
  const made = python.runPython(COMPILED, { globals: locals });
  writeFileSync(output, made.toJs());
  made.destroy();
  locals.destroy();
}
console.log(JSON.stringify({ version: python.version, ...platform(python) }));

function platform(of) {
  return JSON.parse(of.runPython(`
import json, sys, sysconfig
json.dumps({"python": "%d%d" % sys.version_info[:2], "platform": sysconfig.get_platform(), "soabi": sysconfig.get_config_var("SOABI")})
`));
}
