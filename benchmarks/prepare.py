"""Write the data that the benchmarks measure, once, and give their paths.

``python -m benchmarks.prepare FOLDER packages COUNT``, ``… large ROWS SHARE``, ``… storm CELLS`` or
``… growth N DIRECTION`` prints a JSON object: the packages' ``paths``, the ``findings`` seeded in them, and the
``rows`` of a large one.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

from benchmarks.generate import Synthetic, fingerprint, generate
from benchmarks.growth import write_growth
from benchmarks.large import generate_large, generate_storm

SEED = 1


def _prepare(folder: Path, kind: str, size: int, share: float) -> list[Synthetic]:
    if kind == "packages":
        return generate(folder / "packages", size, SEED)
    if kind == "large":
        return [generate_large(folder / f"large-{size}-{share:g}", size, SEED, share=share)]
    return [generate_storm(folder / f"storm-{size}", size, SEED)]


def _rows(package: Path) -> int:
    """How many records the package's tables have below their headings."""
    total = 0
    for path in (package / "data").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as lines:
            total += sum(1 for _ in csv.reader(lines)) - 1
    return total


def main() -> None:
    """Write what the arguments ask for, in a subfolder named after the version of the generator."""
    folder, kind, size, *more = sys.argv[1:]
    if kind == "growth":
        paths = write_growth(Path(folder) / "growth" / more[0] / size, more[0], int(size))
        print(json.dumps({"paths": [str(path) for path in paths], "findings": 0}))
        return
    written = _prepare(Path(folder) / fingerprint(), kind, int(size), float(more[0]) if more else 0)
    found = {"paths": [str(p.path) for p in written], "findings": sum(p.findings for p in written)}
    print(json.dumps(found if kind == "packages" else {**found, "rows": _rows(written[0].path)}))


if __name__ == "__main__":
    main()
