"""Put ``build/web`` together: the page, and Python with the program for it; ``make web`` runs it.

What is locked has been downloaded by then: the packages of ``package-lock.json`` in ``node_modules``, the wheels of
``requirements/web.txt`` and the program's own in ``build/web_parts``. The same bytes come out for the same bytes in.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import re
import shutil
import subprocess
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from khelang_opendata.browser.serving import INDEX, headers_of

APP = Path(__file__).parent
ROOT = APP.parents[1]
MODULES = APP / "node_modules"
PARTS = ROOT / "build/web_parts"
BUILT = ROOT / "build/web"

PYTHON_ALONE = ("markupsafe", "pyyaml", "wcwidth")
"""Libraries whose compiled parts are optional and have no wheel for WebAssembly: their Python files run alone."""

PLATFORM = "pyemscripten_2026_0_wasm32"
"""The platform that Pyodide 314 takes wheels of (PEP 783)."""

LIBRARIES = {
    "preact": "preact/dist/preact.mjs",
    "preact/hooks": "preact/hooks/dist/hooks.mjs",
    "htm": "htm/dist/htm.mjs",
    "htm/preact": "htm/preact/index.mjs",
    "fflate": "fflate/esm/browser.js",
}
"""What the page imports by name."""

OF_PYTHON = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")

UNUSED_STANDARD = re.compile(
    "(?:_pyrepl|pydoc_data|unittest|wsgiref|xmlrpc|ctypes/macholib|multiprocessing|tomllib|zoneinfo|site-packages)/"
    "|concurrent/interpreters/"
    "|(?:doctest|ftplib|imaplib|mailbox|optparse|pickletools|poplib|pydoc|smtplib|turtle|webbrowser|antigravity|this"
    "|_pydecimal|_pyio|_pydatetime|trace|profile|cProfile|pstats|plistlib|nturl2path|sched|netrc|shelve|dbm)[./]"
    "|encodings/(?:big5|cp(?!437|874|1252)|euc|gb|hp_|hz|iso2022|iso8859(?!_1)|johab|koi8|kz1048|mac_|palmos|ptcp154"
    "|shift_jis)"
)
"""Parts of the standard library that nothing here imports, by the beginning of their paths."""

UNUSED = re.compile(
    "khelang_opendata/(?:cli|national|portals)/"
    r"|khelang_opendata/site/assets/sarabun-[0-9]+\.ttf"
    "|wcwidth/table_grapheme|yaml/_yaml|(?:jsonschema|referencing)/(?:tests|benchmarks)/"
)
"""Parts that the page does not run: commands, portals, the dataset of all plans, the drawing of charts."""


def main() -> None:
    """Make ``build/web`` anew."""
    wheels = sorted((PARTS / "wheels").glob("*.whl"))
    (own,) = (PARTS / "own").glob("*.whl")
    check_wheels(wheels)
    parts = {
        "standard": _packed(_standard_library()),
        "libraries": _packed(_of_wheels(wheels)),
        "khelang": _packed(_of_wheels([own])),
    }
    levels = {"standard": 2, "libraries": 2, "khelang": 0}
    built = publish(_compiled(parts, levels))
    if BUILT.exists():
        shutil.rmtree(BUILT)
    for path, data in built.items():
        place = BUILT / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def check_wheels(wheels: Sequence[Path]) -> None:
    """Fail where a wheel has compiled parts for another platform than that of the page's Python."""
    for wheel in wheels:
        name, tag = wheel.name.split("-")[0].lower(), wheel.stem.split("-")[-1]
        if tag not in ("any", PLATFORM) and name not in PYTHON_ALONE:
            raise SystemExit(f"{wheel.name} is not for {PLATFORM}")


def _standard_library() -> dict[str, bytes]:
    with zipfile.ZipFile(MODULES / "pyodide/python_stdlib.zip") as shipped:
        names = (name for name in shipped.namelist() if name.endswith(".py") and not UNUSED_STANDARD.match(name))
        return {name: shipped.read(name) for name in names}


def _of_wheels(wheels: Sequence[Path]) -> dict[str, bytes]:
    """The files of wheels, without what only an installer reads; of what was installed, its name and version."""
    files: dict[str, bytes] = {}
    for wheel in wheels:
        is_foreign = wheel.name.split("-")[0].lower() in PYTHON_ALONE
        with zipfile.ZipFile(wheel) as held:
            for name in held.namelist():
                is_said = ".dist-info/" in name
                if is_said and not name.endswith(("/METADATA", "/WHEEL")):
                    continue
                if name.endswith(("/", ".pyi", "py.typed")) or (is_foreign and name.endswith((".so", ".c"))):
                    continue
                if UNUSED.match(name):
                    continue
                files[name] = held.read(name)
    if any(name.startswith("jsonschema/") for name in files):
        files["rpds.py"] = (APP / "stand_ins/rpds.py").read_bytes()
    return {name: _metadata(data) if name.endswith("/METADATA") else data for name, data in files.items()}


def _metadata(data: bytes) -> bytes:
    """The head of what a library says of itself; its description is for readers."""
    return data.split(b"\n\n", 1)[0] + b"\n"


def _packed(files: Mapping[str, bytes]) -> bytes:
    """A ZIP file of uncompressed files, sorted and of one date, which compresses well as a whole."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in sorted(files):
            made.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), files[name])
    return out.getvalue()


def _compiled(parts: Mapping[str, bytes], levels: Mapping[str, int]) -> dict[str, bytes]:
    """The parts with their modules compiled by the page's own Python."""
    work = PARTS / "compiled"
    work.mkdir(parents=True, exist_ok=True)
    command = ["node", str(APP / "compile.mjs")]
    for name, data in parts.items():
        (work / f"{name}.in.zip").write_bytes(data)
        command += [str(work / f"{name}.in.zip"), str(work / f"{name}.zip"), str(levels[name])]
    subprocess.run(command, check=True, cwd=APP, stdout=subprocess.PIPE)  # noqa: S603 (the build's own)
    return {name: (work / f"{name}.zip").read_bytes() for name in parts}


def publish(archives: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of ``build/web`` by path.

    Args:
        archives: the parts of Python with the program, as ZIP files.
    """
    files = _python() | {_named(f"{name}.zip.gz", data): data for name, data in _zipped(archives).items()}
    python = next(path for path in files if path.endswith("/pyodide.mjs"))
    parts = {
        "python": python.removesuffix("pyodide.mjs"),
        "archives": [_described(path, files[path]) for path in files if path.endswith(".zip.gz")],
        "wasm": next(_described(path, files[path]) for path in files if path.endswith(".wasm.gz")),
    }
    sources = {path.name: path.read_bytes() for path in sorted((APP / "page").glob("*")) if path.is_file()}
    sources |= {name: (APP / name).read_bytes() for name in ("worker.mjs", "tool.mjs", "python.mjs")}
    sources["parts.mjs"] = f"export default {json.dumps(parts, indent=1)};\n".encode()
    named = _page(sources)
    files |= {path: data for path, data in named.items() if path != INDEX}
    build = hashlib.sha256(json.dumps(sorted({**files, **named})).encode()).hexdigest()[:12]
    index = named.get(INDEX, b"").replace(b"{{build}}", build.encode())
    service = (APP / "service.mjs").read_text(encoding="utf-8")
    worker = next(path for path in files if path.startswith("worker."))
    known = {
        "build": build,
        "files": sorted(files),
        "headers": {path: headers_of(path) for path in (INDEX, worker)},
        "other": headers_of("other"),
    }
    files["service.js"] = service.replace("/* KNOWN */ {}", json.dumps(known, indent=1)).encode()
    return {**files, INDEX: index, "_headers": _headers_file([INDEX, *files]).encode()}


def _zipped(archives: Mapping[str, bytes]) -> dict[str, bytes]:
    """Compressed here, for many servers compress no files of these kinds; the worker unpacks them."""
    return {name: gzip.compress(data, 9, mtime=0) for name, data in archives.items()}


def _python() -> dict[str, bytes]:
    """Pyodide in a folder that is named by its content."""
    held = {name: (MODULES / "pyodide" / name).read_bytes() for name in OF_PYTHON}
    digest = hashlib.sha256(b"".join(held.values())).hexdigest()[:12]
    wasm = gzip.compress(held.pop("pyodide.asm.wasm"), 9, mtime=0)
    files = {f"python-{digest}/{name}": _without_map(data) for name, data in held.items()}
    return {**files, f"python-{digest}/pyodide.asm.wasm.gz": wasm}


def _without_map(data: bytes) -> bytes:
    return re.sub(rb"(?m)^//# sourceMappingURL=.*$", b"", data)


def _described(path: str, data: bytes) -> dict[str, Any]:
    digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
    return {"path": path, "bytes": len(data), "integrity": f"sha256-{digest}"}


def _named(name: str, data: bytes) -> str:
    """A name with the hash of the content in it."""
    stem, _, ending = name.partition(".")
    return f"{stem}.{hashlib.sha256(data).hexdigest()[:12]}.{ending}"


def _page(sources: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of the page under their published names, with those names wherever one names another."""
    libraries = {name: (MODULES / path).read_bytes() for name, path in LIBRARIES.items()}
    given = {**sources, **{f"{name.replace('/', '-')}.mjs": _without_map(data) for name, data in libraries.items()}}
    of_library = {name: f"{name.replace('/', '-')}.mjs" for name in libraries}
    published: dict[str, tuple[str, bytes]] = {}

    def name_of(name: str, waiting: tuple[str, ...]) -> str:
        if name in waiting:
            raise SystemExit(f"modules import each other: {' -> '.join((*waiting, name))}")
        if name not in published:
            data = given[name]
            if PurePosixPath(name).suffix in (".mjs", ".html", ".css", ".webmanifest"):
                text = data.decode("utf-8")
                for found in [*_names_in(text, given, of_library)]:
                    target = name_of(found[1], (*waiting, name))
                    text = text.replace(found[0], found[0].replace(found[2], f"./{target}"))
                data = text.encode()
            published[name] = (name if name == INDEX else _named(name, data), data)
        return published[name][0]

    name_of(INDEX, ())
    return dict(published.values())


def _names_in(text: str, given: Mapping[str, bytes], libraries: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """What names another file in a text: the words to replace, the file, and how the words name it."""
    seen = set()
    for found in re.finditer(r"""["'(](\./[\w.-]+)["')]""", text):
        if found[1][2:] in given and found[0] not in seen:
            seen.add(found[0])
            yield found[0], found[1][2:], found[1]
    for found in re.finditer(r"""(?:\bfrom|\bimport)\s*\(?\s*["']([a-z/]+)["']""", text):
        if found[1] in libraries and found[0] not in seen:
            seen.add(found[0])
            yield found[0], libraries[found[1]], found[1]


def _headers_file(paths: Sequence[str]) -> str:
    """The headers of each file, for hosts that read such a file."""
    addresses = [("/", INDEX), *((f"/{path}", path) for path in paths)]
    return "".join(
        f"{address}\n" + "".join(f"  {name}: {value}\n" for name, value in headers_of(path).items())
        for address, path in addresses
    )


if __name__ == "__main__":
    main()
