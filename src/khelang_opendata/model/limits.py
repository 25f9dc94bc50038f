"""How much is read of a package: limits that no plan comes near, so that no input takes all memory or all time.

Each has a default. A caller raises it by an argument of the library, a user of the command line by an
environment variable (``KHELANG_LIMIT_ROWS=5000000``). ``docs/trust.md`` lists them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from khelang_opendata.model.failures import UsageError

PREFIX = "KHELANG_LIMIT_"
"""Begins the names of the environment variables; the limit's name in capitals follows."""

_MIB = 2**20


class Limits(NamedTuple):
    """The maximum that is read of one package.

    The defaults keep the memory of a validation below 1.5 GB whatever the package holds: a cell takes up to some 64
    bytes of memory, however few bytes of its file it takes.

    Attributes:
        descriptor_bytes: bytes of ``datapackage.json``.
        json_depth: levels of lists and objects in a JSON file.
        json_digits: characters of one number in a JSON file. Python itself refuses whole numbers of more than 4300.
        resources: resources of a descriptor.
        file_bytes: bytes of one file of the package.
        package_bytes: bytes of all files of the package together.
        rows: records of one table, its heading included; as many as a sheet of a spreadsheet has.
        columns: cells of one record; as many as a sheet of a spreadsheet has.
        cells: cells of all tables of the package together, counted by their separators.
    """

    descriptor_bytes: int = 16 * _MIB
    json_depth: int = 64
    json_digits: int = 400
    resources: int = 10_000
    file_bytes: int = 128 * _MIB
    package_bytes: int = 192 * _MIB
    rows: int = 1_048_576
    columns: int = 16_384
    cells: int = 8_000_000

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Limits:
        """The defaults, but for what variables such as ``KHELANG_LIMIT_ROWS`` set in an environment.

        Raises:
            UsageError: a variable that begins with :data:`PREFIX` names no limit, or holds no whole number above 0.
        """
        names = {f"{PREFIX}{field.upper()}": field for field in cls._fields}
        given = {name: text for name, text in environment.items() if name.startswith(PREFIX)}
        for name, text in given.items():
            if name not in names or not (text.isascii() and text.isdecimal() and 0 < len(text.lstrip("0")) <= 18):  # noqa: PLR2004 (what 64 bits hold)
                raise UsageError("limit_invalid", name=name, value=text, known=", ".join(names))
        return cls(**{names[name]: int(text) for name, text in given.items()})


DEFAULT = Limits()
