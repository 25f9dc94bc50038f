"""The metadata of a release: DCAT-AP, schema.org, Croissant and the citation, each read by its own tools."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Mapping
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urljoin

import pytest
import yaml
from rdflib import RDF, Graph, URIRef
from rdflib.term import Node

from khelang_opendata import Package
from khelang_opendata.files.serialize import csv_bytes
from khelang_opendata.formats import parquet as parquet_form
from khelang_opendata.formats.about import publisher
from khelang_opendata.formats.codebook import codebook_csv, codebook_html
from khelang_opendata.formats.metadata import (
    citation_cff,
    croissant_json,
    dcat_jsonld,
    metadata_files,
    schema_org_jsonld,
)
from khelang_opendata.formats.nested import nested_json
from khelang_opendata.package.edition import Edition
from khelang_opendata.release import Release, ReleaseOptions, build_release, draft_release
from tests.conftest import PLAN, VALID, edit_descriptor
from tests.releases import publish
from tests.roundtrip import DAY, edition_of, flat_csv, made_csv
from tests.test_formats_text import SURROUNDINGS, output_of

pytestmark = pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")  # in rdflib itself

HERE = "https://example.org/releases/v1.0.0/"
NAMES = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dcatap": "http://data.europa.eu/r5r/",
}

DCAT_AP = """
dcat:Dataset       dct:title             1 * -
dcat:Dataset       dct:description       1 * -
dcat:Dataset       dct:publisher         1 1 foaf:Agent
dcat:Dataset       dct:creator           1 * foaf:Agent
dcat:Dataset       dct:identifier        1 * -
dcat:Dataset       dct:accessRights      1 1 dct:RightsStatement
dcat:Dataset       dct:issued            1 1 -
dcat:Dataset       dct:modified          1 1 -
dcat:Dataset       dct:temporal          1 * dct:PeriodOfTime
dcat:Dataset       dct:spatial           1 * dct:Location
dcat:Dataset       dct:language          2 2 dct:LinguisticSystem
dcat:Dataset       dct:conformsTo        1 * dct:Standard
dcat:Dataset       dct:provenance        1 * dct:ProvenanceStatement
dcat:Dataset       dcat:theme            1 * skos:Concept
dcat:Dataset       dcat:keyword          1 * -
dcat:Dataset       dcat:version          1 1 -
dcat:Dataset       dcat:distribution     1 * dcat:Distribution
dcat:Distribution  dct:title             1 * -
dcat:Distribution  dct:description       1 * -
dcat:Distribution  dcat:accessURL        1 * rdfs:Resource
dcat:Distribution  dcat:downloadURL      1 * rdfs:Resource
dcat:Distribution  dcat:mediaType        1 1 dct:MediaType
dcat:Distribution  dct:format            1 1 dct:MediaTypeOrExtent
dcat:Distribution  dct:license           1 1 dct:LicenseDocument
dcat:Distribution  dcat:byteSize         1 1 xsd:nonNegativeInteger
dcat:Distribution  dcatap:availability   1 1 skos:Concept
dcat:Distribution  spdx:checksum         1 1 spdx:Checksum
spdx:Checksum      spdx:algorithm        1 1 spdx:ChecksumAlgorithm
spdx:Checksum      spdx:checksumValue    1 1 xsd:hexBinary
dct:PeriodOfTime   dcat:startDate        1 1 xsd:date
dct:PeriodOfTime   dcat:endDate          1 1 xsd:date
skos:Concept       skos:prefLabel        1 * -
foaf:Agent         foaf:name             1 * -
"""
"""Class, property, how often at least and at most, class or data type: DCAT-AP 3.0, recommended properties required."""


@pytest.fixture(scope="module", params=[PLAN, VALID], ids=["real plan", "example"])
def edition(request: pytest.FixtureRequest) -> Edition:
    return edition_of(request.param)


@pytest.fixture(scope="module")
def files(edition: Edition) -> dict[str, bytes]:
    return files_of(edition)


def files_of(edition: Edition) -> dict[str, bytes]:
    name = edition.plan_id
    return {
        **{f"data/{n}.csv": csv_bytes([[f.name for f in t.schema.fields], *t.rows]) for n, t in edition.tables.items()},
        f"{name}-flat.csv": flat_csv(edition),
        f"totals/{name}-totals_by_year.csv": made_csv(edition, "totals_by_year"),
        f"{name}.json": nested_json(edition),
        "metadata/codebook.csv": codebook_csv(edition),
        "codebook.html": codebook_html(edition),
    }


def graph_of(document: bytes, address: str = f"{HERE}metadata/document") -> Graph:
    return Graph().parse(data=document, format="json-ld", publicID=address)


def term(name: str) -> URIRef:
    prefix, _, local = name.partition(":")
    return URIRef(NAMES[prefix] + local)


def one(graph: Graph, subject: Node, name: str) -> Any:
    (found,) = graph.objects(subject, term(name))
    return found


class TestDcat:
    @pytest.mark.parametrize("line", DCAT_AP.strip().splitlines())
    def test_dcat_ap(self, edition: Edition, files: Mapping[str, bytes], line: str) -> None:
        class_, name, least, most, range_ = line.split()
        graph = graph_of(dcat_jsonld(edition, files))
        subjects = [*graph.subjects(RDF.type, term(class_))]
        assert subjects
        for subject in subjects:
            found = [*graph.objects(subject, term(name))]
            assert len(found) >= int(least)
            assert most == "*" or len(found) <= int(most)
            for value in found if range_ != "-" else []:
                types = [getattr(value, "datatype", None), *graph.objects(value, RDF.type)]
                assert term(range_) in types

    def test_every_file_is_a_distribution_with_its_size_and_hash(
        self, edition: Edition, files: Mapping[str, bytes]
    ) -> None:
        graph = graph_of(dcat_jsonld(edition, files))
        found = {}
        for distribution in graph.subjects(RDF.type, term("dcat:Distribution")):
            checksum = one(graph, distribution, "spdx:checksum")
            assert one(graph, checksum, "spdx:algorithm") == term("spdx:checksumAlgorithm_sha256")
            address = str(one(graph, distribution, "dcat:downloadURL"))
            size = int(one(graph, distribution, "dcat:byteSize"))
            found[address] = (size, str(graph.value(checksum, term("spdx:checksumValue"))).lower())
        assert found == {HERE + path: (len(data), hashlib.sha256(data).hexdigest()) for path, data in files.items()}

    @pytest.mark.parametrize(
        ("folder", "first", "last"), [(PLAN, "2022-10-01", "2027-09-30"), (VALID, "2017-10-01", "2021-09-30")]
    )
    def test_period_is_gregorian(self, folder: Path, first: str, last: str) -> None:
        graph = graph_of(dcat_jsonld(edition_of(folder), {}))
        (period,) = graph.subjects(RDF.type, term("dct:PeriodOfTime"))
        assert one(graph, period, "dcat:startDate").toPython() == date.fromisoformat(first)
        assert one(graph, period, "dcat:endDate").toPython() == date.fromisoformat(last)

    def test_iris_are_the_same_with_and_without_a_base(self, edition: Edition, files: Mapping[str, bytes]) -> None:
        """Without a base they mean the folder above the document's; with one, the document may be anywhere."""
        relative = dcat_jsonld(edition, files, previous_version="0.9.0")
        absolute = dcat_jsonld(edition, files, base=HERE, previous_version="0.9.0")
        assert HERE.encode() not in relative
        pairs = [
            {(s, p, o) for s, p, o in graph_of(document) if isinstance(s, URIRef) and isinstance(o, URIRef)}
            for document in (relative, absolute)
        ]
        assert pairs[0] == pairs[1]
        dataset = URIRef(HERE)
        assert (dataset, RDF.type, term("dcat:Dataset")) in graph_of(absolute, "https://elsewhere.example/x")
        previous = URIRef("https://example.org/releases/v0.9.0/")
        assert (dataset, term("dcat:previousVersion"), previous) in graph_of(relative)

    def test_first_version_has_none_before_it(self, edition: Edition) -> None:
        assert b"previousVersion" not in dcat_jsonld(edition, {})

    def test_what_the_descriptor_tells_besides(self, plan: Path) -> None:
        edit_descriptor(
            plan,
            lambda d: d.update(
                homepage="https://example.org/plan",
                portal={"maintainer": "กองยุทธศาสตร์และงบประมาณ", "maintainer_email": "plan@example.org"},
                contributors=[{"title": "khelang_opendata", "roles": ["creator"]}],
            ),
        )
        graph = graph_of(dcat_jsonld(edition_of(plan), {}))
        (dataset,) = graph.subjects(RDF.type, term("dcat:Dataset"))
        assert str(one(graph, dataset, "dcat:landingPage")) == "https://example.org/plan"
        assert "mailto:plan@example.org" in {str(o) for o in graph.objects()}
        names = {str(name) for name in graph.objects(one(graph, dataset, "dct:publisher"), term("foaf:name"))}
        owner = ("เทศบาลเมืองเขลางค์นคร", "Khelang Nakhon Town Municipality")
        assert names == {*owner}, "no one else is named as publisher"
        assert publisher(edition_of(plan)) == owner


class TestSchemaOrg:
    def test_google_s_rules(self, edition: Edition, files: Mapping[str, bytes]) -> None:
        dataset = json.loads(schema_org_jsonld(edition, files))
        assert dataset["@type"] == "Dataset"
        assert dataset["name"]
        assert 50 <= len(dataset["description"]) <= 5000
        assert {"creator", "license", "keywords", "identifier", "version"} <= set(dataset)
        assert {"isAccessibleForFree", "spatialCoverage", "temporalCoverage", "distribution"} <= set(dataset)
        assert re.fullmatch(r"\d{4}-10-01/\d{4}-09-30", dataset["temporalCoverage"])
        assert all(organisation["@type"] == "Organization" for organisation in dataset["creator"])

    def test_files_are_where_it_says(self, edition: Edition, files: Mapping[str, bytes]) -> None:
        for base in (None, HERE):
            downloads = json.loads(schema_org_jsonld(edition, files, base=base))["distribution"]
            found = {urljoin(f"{HERE}metadata/", d["contentUrl"]): d["sha256"] for d in downloads}
            assert found == {HERE + path: hashlib.sha256(data).hexdigest() for path, data in files.items()}

    def test_context_is_in_the_document(self, edition: Edition, files: Mapping[str, bytes]) -> None:
        predicates = {str(p) for p in graph_of(schema_org_jsonld(edition, files)).predicates()}
        assert {p.rpartition("/")[0] for p in predicates if "schema.org" in p} == {"https://schema.org"}
        assert len(predicates) > 20


@pytest.mark.filterwarnings("ignore")
class TestCroissant:
    @pytest.fixture(scope="class")
    def loaded(self, edition: Edition, files: Mapping[str, bytes], tmp_path_factory: pytest.TempPathFactory) -> Any:
        """The data set as the reference implementation opens it: it checks the hash of each file it reads."""
        import mlcroissant  # type: ignore[import-not-found, import-untyped, unused-ignore]  # noqa: PLC0415 (slow)

        folder = tmp_path_factory.mktemp("release")
        for path, data in {**files, "metadata/croissant.json": croissant_json(edition, files)}.items():
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_bytes(data)
        return mlcroissant.Dataset(folder / "metadata/croissant.json")

    def test_valid_without_a_warning(self, loaded: Any) -> None:
        issues = loaded.metadata.ctx.issues
        assert (issues.errors, issues.warnings) == (set(), set())

    def test_every_table_is_read(self, loaded: Any, edition: Edition) -> None:
        assert [record_set.uuid for record_set in loaded.metadata.record_sets] == sorted(edition.tables)
        for name, table in edition.tables.items():
            records = list(loaded.records(name)) if table.rows else []
            assert len(records) == len(table.rows), name
            for record, row in zip(records, table.records(), strict=True):
                assert [*record] == [f"{name}/{column}" for column in row]
                assert record[f"{name}/plan_id"].decode() == row["plan_id"]

    def test_values_have_their_types(self, loaded: Any, edition: Edition) -> None:
        amounts = [record["budgets/amount_thb"] for record in loaded.records("budgets")]
        known = [record["amount_thb"] for record in edition.tables["budgets"].records()]
        assert amounts == [float(amount) if amount else None for amount in known]

    def test_every_file_has_its_hash(self, edition: Edition, files: Mapping[str, bytes]) -> None:
        objects = json.loads(croissant_json(edition, files, base=HERE))["distribution"]
        assert {o["contentUrl"]: o["sha256"] for o in objects} == {
            HERE + path: hashlib.sha256(data).hexdigest() for path, data in files.items()
        }


class TestCitation:
    def test_citation_file_format(self, edition: Edition) -> None:
        citation = yaml.safe_load(citation_cff(edition))
        assert {"cff-version", "message", "title", "authors"} <= set(citation)
        assert (citation["cff-version"], citation["type"]) == ("1.2.0", "dataset")
        assert citation["date-released"] == "2026-11-22", "a text: YAML's own dates are none in CFF"
        assert citation["license"] == ["CC-BY-4.0"]
        creators = [entry for entry in edition.descriptor["contributors"] if "creator" in entry["roles"]]
        assert [author["name"] for author in citation["authors"]] == [entry["title"] for entry in creators]
        assert all({"type", "title", "authors"} <= set(reference) for reference in citation["references"])

    def test_what_the_descriptor_does_not_say_is_left_out(self, plan: Path) -> None:
        edit_descriptor(plan, lambda d: d.update(sources=[{"title": "แผน", "path": "https://example.org/plan.pdf"}]))
        edition = edition_of(plan)
        citation = yaml.safe_load(citation_cff(edition))
        assert [{*reference} for reference in citation["references"]] == [{"type", "title", "authors"}]
        graph = graph_of(dcat_jsonld(edition, {}))
        (source,) = graph.subjects(RDF.type, URIRef("http://www.w3.org/ns/prov#Entity"))
        assert str(source) == "https://example.org/plan.pdf"
        assert not list(graph.objects(source, term("dct:issued")))


HASHES = """
import hashlib, sys
from datetime import date
from khelang_opendata import Package
from khelang_opendata.formats.metadata import (
    citation_cff,
    croissant_json,
    dcat_jsonld,
    metadata_files,
    schema_org_jsonld,
)
from khelang_opendata.package.edition import Edition, released_tables
from khelang_opendata.validation import family_of

package = Package.load(sys.argv[1])
family = family_of(package)
edition = Edition(family, released_tables(package, family), package.descriptor, date(2026, 11, 22))
files = {"metadata/codebook.csv": b"b", "data/budgets.csv": b"a"}
for form in (dcat_jsonld, schema_org_jsonld, croissant_json):
    print(hashlib.sha256(form(edition, files)).hexdigest())
print(hashlib.sha256(citation_cff(edition)).hexdigest())
"""


def test_same_bytes_in_other_surroundings() -> None:
    edition, files = edition_of(PLAN), {"data/budgets.csv": b"a", "metadata/codebook.csv": b"b"}
    documents = [form(edition, files) for form in (dcat_jsonld, schema_org_jsonld, croissant_json)]
    here = [hashlib.sha256(document).hexdigest() for document in (*documents, citation_cff(edition))]
    for env in SURROUNDINGS:
        assert output_of(HASHES, env) == here


def test_a_file_that_nobody_described_is_refused() -> None:
    for path in ("data/nothing.csv", "notes.csv", "data/budgets.doc"):
        with pytest.raises(KeyError):
            dcat_jsonld(edition_of(PLAN), {path: b""})


class TestReadme:
    @staticmethod
    def release_of(folder: Path) -> Release:
        return build_release(draft_release(Package.load(folder), ReleaseOptions(DAY, allow_warnings="test")))

    @pytest.mark.parametrize("folder", [PLAN, VALID], ids=["real plan", "example"])
    @pytest.mark.parametrize("name", ["00-README.th.md", "00-README.en.md"])
    def test_every_file_of_a_release_is_texts_of(self, folder: Path, name: str) -> None:
        files = self.release_of(folder).files
        readme = files[name].decode()
        reported = set(re.findall("`([^`]+)`", readme))
        for path in files:
            folders_listed = {f"{parent.as_posix()}/" for parent in PurePosixPath(path).parents} & reported
            pattern = "parquet/*.parquet" if path.startswith("parquet/") else path
            assert path.startswith("00-README.") or pattern in reported or folders_listed, path
        for path in reported:
            if re.fullmatch(r"[\w./-]+\.(csv|html|json|jsonld|md|sqlite|txt|xlsx|cff)", path):
                assert path in files, f"{path} is listed and not there"

    def test_without_polars_it_says_that_parquet_is_missing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(parquet_form, "is_available", lambda: False)
        files = self.release_of(VALID).files
        assert not [path for path in files if path.endswith(".parquet")]
        assert b"parquet" not in files["datapackage.json"]
        assert b"parquet" not in files["metadata/dcat.jsonld"]
        for name, words in (("00-README.th.md", "รุ่นนี้ไม่มีไฟล์ Parquet"), ("00-README.en.md", "has no Parquet files")):
            readme = files[name].decode()
            assert words in readme
            assert ".parquet" not in readme

    def test_with_polars_it_does_not(self) -> None:
        files = self.release_of(VALID).files
        assert "รุ่นนี้ไม่มีไฟล์ Parquet" not in files["00-README.th.md"].decode()
        assert "has no Parquet files" not in files["00-README.en.md"].decode()


def test_datasette_names_the_database_and_its_tables(edition: Edition) -> None:
    metadata = json.loads(metadata_files(edition, {}, None)["metadata/datasette.json"])
    (database,) = metadata["databases"]
    assert database == edition.plan_id
    assert set(edition.tables) <= set(metadata["databases"][database]["tables"])


def test_contact_without_a_name_is_the_publisher(tmp_path: Path) -> None:
    package = Path(shutil.copytree(VALID, tmp_path / "package"))
    edit_descriptor(package, lambda d: d["portal"].pop("maintainer"))
    outcome = publish(package, tmp_path / "out", allow_warnings="x")
    dataset = json.loads((outcome.path / "metadata/dcat.jsonld").read_bytes())
    assert "เทศบาลตำบลแม่ทุ่ง" in json.dumps(dataset, ensure_ascii=False).partition("vcard:fn")[2][:80]
