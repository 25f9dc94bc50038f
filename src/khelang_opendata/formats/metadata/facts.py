"""The facts of a release that every vocabulary gives: its plan, period, makers, licence and files.

A release does not know its own address. Its metadata are in the folder ``metadata/``, so without a base address the
IRI of a file is relative (``../data/budgets.csv``) and means the file wherever the release is put as a whole.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path, PurePosixPath
from urllib.parse import quote, urljoin

import yaml

from khelang_opendata.formats.made_schemas import made_tables, made_texts
from khelang_opendata.package.edition import Edition
from khelang_opendata.render.dates import fiscal_year_days
from khelang_opendata.standard.tables import JsonObject

STANDARD = "https://w3id.org/khelang-opendata/"
"""Where the standard's schemas have their ids."""
_ABOVE = "../"


@dataclass(frozen=True)
class FileFormat:
    """A file format: its media type, what the European Union's list of file types calls it, and its name."""

    mediatype: str
    file_type: str | None
    name: str


FORMATS = {
    ".csv": FileFormat("text/csv", "CSV", "CSV"),
    ".html": FileFormat("text/html", "HTML", "HTML"),
    ".json": FileFormat("application/json", "JSON", "JSON"),
    ".parquet": FileFormat("application/vnd.apache.parquet", "PARQUET", "Parquet"),
    ".pdf": FileFormat("application/pdf", "PDF", "PDF"),
    ".sqlite": FileFormat("application/vnd.sqlite3", None, "SQLite"),
    ".xlsx": FileFormat("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "XLSX", "Excel"),
    ".zip": FileFormat("application/zip", "ZIP", "ZIP"),
}


def context(vocabulary: str) -> JsonObject:
    """The JSON-LD context of a vocabulary."""
    contexts: JsonObject = yaml.safe_load(Path(__file__).with_name("contexts.yaml").read_bytes())
    return dict(contexts[vocabulary])


@dataclass(frozen=True)
class DataFile:
    """One file of a release in the metadata; ``texts`` are its titles and descriptions as in a schema."""

    path: str
    iri: str
    format: FileFormat
    texts: JsonObject
    size: int
    sha256: str


@dataclass(frozen=True)
class DatasetFacts:
    """The facts of an edition and its files.

    ``base`` is the address of the release's folder, with its last slash; None if unknown.
    """

    edition: Edition
    data: Mapping[str, bytes]
    base: str | None

    @property
    def descriptor(self) -> JsonObject:
        return self.edition.descriptor

    @property
    def period(self) -> tuple[date, date]:
        """The plan's first and last day."""
        first, last = (fiscal_year_days(int(self.edition.plan[f"{end}_fiscal_year_be"])) for end in ("start", "end"))
        return first[0], last[1]

    @property
    def iri(self) -> str:
        """The release's folder, which identifies this version of the data set."""
        return self.base or _ABOVE

    def folder_of(self, version: str) -> str:
        """The folder of another version, which is beside this one's."""
        return urljoin(self.iri, f"../v{version}/") if self.base else f"{_ABOVE}../v{version}/"

    @property
    def homepage(self) -> str | None:
        homepage = self.descriptor.get("homepage")
        return str(homepage) if homepage else None

    @property
    def identifier(self) -> str:
        """What identifies the data set in all its versions: its id, else its name."""
        return str(self.descriptor.get("id") or self.descriptor["name"])

    @property
    def wikidata(self) -> str | None:
        """The organisation and its area in Wikidata."""
        id_ = self.edition.plan["wikidata_id"]
        return f"http://www.wikidata.org/entity/{id_}" if id_ else None

    @property
    def licence(self) -> str:
        return str(self.descriptor["licenses"][0]["path"])

    @cached_property
    def owner(self) -> JsonObject:
        """The local government whose plan it is; from the descriptor, if given."""
        known = (body for body in self.descriptor["contributors"] if body["title"] == self.edition.plan["lao_name_th"])
        return next(known, {"title": self.edition.plan["lao_name_th"], "title_en": self.edition.plan["lao_name_en"]})

    @property
    def creators(self) -> list[JsonObject]:
        """Who compiled the data set, whom citations name: the contributors of that role, else the owner."""
        return self.contributors("creator") or [self.owner]

    @property
    def publisher(self) -> JsonObject:
        """Who publishes: the first contributor of that role, else the owner."""
        return next(iter(self.contributors("publisher")), self.owner)

    def contributors(self, role: str) -> list[JsonObject]:
        return [body for body in self.descriptor["contributors"] if role in body["roles"]]

    @property
    def standard(self) -> str:
        """The id of the standard that the data conform to."""
        return f"{STANDARD}{self.descriptor['conformsTo']}/"

    @cached_property
    def files(self) -> list[DataFile]:
        """The release's files in the order of their paths."""
        return [self._file(path, self.data[path]) for path in sorted(self.data)]

    def _file(self, path: str, data: bytes) -> DataFile:
        format_ = self._format(path)
        texts = self._texts_of(path)
        titles = {name: f"{texts[name]} ({format_.name})" for name in ("title", "title_en")}
        digest = hashlib.sha256(data).hexdigest()
        return DataFile(path, self.iri + quote(path), format_, {**texts, **titles}, len(data), digest)

    def _format(self, path: str) -> FileFormat:
        suffix, entry = PurePosixPath(path).suffix, self._additional.get(path)
        if entry is None or suffix in FORMATS:
            return FORMATS[suffix]
        mediatype = str(entry.get("mediatype", "application/octet-stream"))
        return FileFormat(mediatype, None, suffix.removeprefix(".").upper() or mediatype)

    def _texts_of(self, path: str) -> JsonObject:
        """What a file is; an additional file has the texts of its entry, else its name."""
        entry = self._additional.get(path)
        if entry is None:
            return self._texts[PurePosixPath(path).stem]
        title = {f"title{end}": entry.get(f"title{end}") or entry["name"] for end in ("", "_en")}
        return title | {
            f"description{end}": entry.get(f"description{end}") or title[f"title{end}"] for end in ("", "_en")
        }

    @cached_property
    def _additional(self) -> Mapping[str, JsonObject]:
        return {str(entry["path"]): entry for entry in self.edition.additional}

    @cached_property
    def _texts(self) -> Mapping[str, JsonObject]:
        """What each file is, by its name without the ending."""
        plan = self.edition.plan_id
        tables = {name: table.schema.descriptor for name, table in self.edition.tables.items()}
        made = {name: made_texts(name) for name, about in made_tables().items() if "primaryKey" in about}
        of_csv = {f"{plan}-{name}": texts for name, texts in made.items()}
        return {**tables, **made, **of_csv, "codebook": made_texts("codebook"), plan: made_texts("whole")}
