"""Packages, releases and names made to do harm: nothing runs, nothing is sent, nothing else is written.

Every command is run over each of them in a process that notes what it does (:mod:`tests.watched`).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from khelang_opendata.files.place import write_files
from khelang_opendata.model.characters import visible_lines
from khelang_opendata.package.datapackage import plan_name
from tests.conftest import ROOT, VALID, edit_descriptor, fails, replace_in
from tests.releases import contents, copied, publish

EVIL = "\x1b]0;owned\x07\x1b[31m\u202egnp.exe\u2066\u0085"
"""Sets a terminal's title and colour, turns the direction of reading, and ends a line where few expect it."""

Spoil = Callable[[Path], object]


def _git(package: Path) -> None:
    """A repository whose configuration runs commands, as git reads it."""
    git = package / ".git"
    for folder in ("objects", "refs/heads", "info", "hooks"):
        (git / folder).mkdir(parents=True)
    (git / "HEAD").write_text("ref: refs/heads/main\n")
    run = f"touch '{package.parent / 'PWNED'}'"
    (git / "config").write_text(
        f'[core]\n\trepositoryformatversion = 0\n\tfsmonitor = "{run}; false #"\n\thooksPath = hooks\n'
        f'[filter "x"]\n\tclean = "{run}; cat"\n[diff]\n\texternal = "{run}"\n'
    )
    (git / "info/attributes").write_text("* filter=x\n")
    (git / "hooks/post-index-change").write_text(f"#!/bin/sh\n{run}\n")
    (git / "hooks/post-index-change").chmod(0o755)


def _bare_git(package: Path) -> None:
    """The package is itself a bare repository."""
    _git(package)
    for path in (package / ".git").iterdir():
        path.rename(package / path.name)
    (package / ".git").rmdir()
    with (package / "config").open("a") as config:
        config.write("[core]\n\tbare = false\n\tworktree = .\n")


def _descriptor(**properties: Any) -> Spoil:
    return lambda package: edit_descriptor(package, lambda d: d.update(properties))


def _resource(**properties: Any) -> Spoil:
    return lambda package: edit_descriptor(package, lambda d: d["resources"][2].update(properties))


def _raw(text: str | bytes) -> Spoil:
    data = text.encode() if isinstance(text, str) else text
    return lambda package: (package / "datapackage.json").write_bytes(data)


def _everywhere(package: Path) -> None:
    """Every text of the descriptor is hostile."""

    def spoilt(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {name: spoilt(inner, name) for name, inner in value.items()}
        if isinstance(value, list):
            return [spoilt(inner, key) for inner in value]
        keep = key in ("name", "path", "conformsTo", "type", "schema", "fields", "resource", "version", "$schema")
        return f"{value}{EVIL}" if isinstance(value, str) and not keep else value

    edit_descriptor(package, lambda d: d.update(spoilt(dict(d))))


def _cells(package: Path) -> None:
    for path in (package / "data").glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(",", f",{EVIL}").replace(f",{EVIL}", ",", text.count(",") // 2), encoding="utf-8")


def _file_names(package: Path) -> None:
    (package / "data/units.csv").rename(package / f"data/{EVIL}.csv")
    edit_descriptor(
        package, lambda d: next(r for r in d["resources"] if r["name"] == "units").update(path=f"data/{EVIL}.csv")
    )
    edit_descriptor(package, lambda d: d["resources"].append({"name": EVIL, "path": f"{EVIL}.csv"}))


def _fifo(package: Path) -> None:
    (package / "data/units.csv").unlink()
    os.mkfifo(package / "data/units.csv")


def _sparse(package: Path) -> None:
    """30 GB that take no room on the disk."""
    os.truncate(package / "data/units.csv", 30 * 10**9)


def _link(target: str) -> Spoil:
    def spoil(package: Path) -> None:
        (package / "data/units.csv").unlink()
        (package / "data/units.csv").symlink_to(target)

    return spoil


def _loop(package: Path) -> None:
    (package / "data/loop").symlink_to(".")
    (package / "data/units.csv").unlink()
    (package / "data/units.csv").symlink_to("units.csv")


def _no_encoding(package: Path) -> None:
    (package / "data" / os.fsdecode(b"\xff\xfe\x80.csv")).write_bytes(b"x")


ODD: list[Any] = [None, True, 5, -1.5, "", "x", EVIL, [], {}, [[]], [None], {"a": {"b": []}}]
"""Values of every type, for properties that want another."""

PACKAGES: Mapping[str, Spoil] = {
    "git": _git,
    "bare-git": _bare_git,
    "name-climbs": _descriptor(name="../other/other"),
    "name-absolute": _descriptor(name="/var/other"),
    "name-device": _descriptor(name="con"),
    "name-evil": _descriptor(name=EVIL),
    "name-long": _descriptor(name="a" * 100_000),
    "path-climbs": _resource(path="../../../../../../etc/passwd"),
    "path-absolute": _resource(path="/etc/passwd"),
    "path-remote": _resource(path="http://127.0.0.1:9/x.csv"),
    "path-file": _resource(path="file:///etc/passwd"),
    "path-unc": _resource(path="\\\\127.0.0.1\\share\\x.csv"),
    "path-nul": _resource(path="data/\0.csv"),
    "path-long": _resource(path="data/" + "a" * 5000),
    "schema-remote": _resource(schema="http://127.0.0.1:9/schema.json", profile="http://127.0.0.1:9/profile.json"),
    "dialect-one-character": _resource(dialect={"delimiter": '"', "quoteChar": '"'}),
    "dialect-odd": _resource(dialect={"delimiter": 5, "quoteChar": [], "header": "no"}),
    "link-out": _link("/etc/passwd"),
    "link-device": _link("/dev/zero"),
    "link-process": _link("/proc/self/environ"),
    "fifo": _fifo,
    "sparse": _sparse,
    "loop": _loop,
    "texts": _everywhere,
    "cells": _cells,
    "file-names": _file_names,
    "no-encoding": _no_encoding,
    "number-long": _raw('{"x": ' + "1" * 5000 + "}"),
    "number-infinite": _raw('{"name": "x", "resources": [], "x": 1e999}'),
    "not-finite": _raw('{"name": "x", "resources": [], "x": NaN}'),
    "deep": _raw("[" * 100_000),
    "deep-object": _raw('{"a":' * 5000 + "1" + "}" * 5000),
    "name-unhashable": _raw('{"resources":[{"name":{},"schema":5}]}'),
    "surrogate": _raw('{"name": "x", "title": "\\ud800", "resources": [{"name": "\\udfff", "path": "\\ud800.csv"}]}'),
    "keys-evil": _raw(json.dumps({EVIL: EVIL, "resources": [{EVIL: 1, "name": EVIL, "path": EVIL}]})),
    "empty": _raw(b""),
    "nul": _raw(b"\0" * 1000),
    "utf16": _raw('{"name": "x"}'.encode("utf-16")),
    **{f"properties-{n}": _descriptor(**dict.fromkeys(
        ("title", "description", "licenses", "contributors", "sources", "keywords", "conventions", "portal",
         "languages", "translations", "conformsTo", "created", "version", "homepage"), value))
       for n, value in enumerate(ODD)},
    **{f"resources-{n}": _descriptor(resources=[value, {"name": value, "path": value}]) for n, value in enumerate(ODD)},
    **{f"resource-{n}": _resource(**dict.fromkeys(
        ("schema", "dialect", "bytes", "hash", "title", "encoding", "derived", "mediatype"), value))
       for n, value in enumerate(ODD)},
}  # fmt: skip


def watched(commands: list[list[str]], folder: Path) -> list[dict[str, Any]]:
    """Run commands in a folder, and give what they printed and did."""
    (folder / "commands.json").write_text(json.dumps(commands), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.watched", str(folder / "commands.json")],
        cwd=folder, env=environment, capture_output=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    results: list[dict[str, Any]] = json.loads(done.stdout)
    return results


def assert_harmless(result: dict[str, Any], allowed: Path) -> None:
    """A command ended as it should, showed nothing that steers a terminal, and kept to its output."""
    assert result["code"] in (0, 1, 2, 3), result
    for stream in ("stdout", "stderr"):
        text = result[stream]
        assert "Traceback" not in text and "failed unexpectedly" not in text, result
        is_machine = {"json", "sarif", "csv", "html"} & {*result["command"]} and stream == "stdout"
        assert is_machine or visible_lines(text) == text, result
        assert "\x1b" not in text and "\u202e" not in text if "html" in result["command"] else True
        assert "root:x:" not in text
    assert result["processes"] == []
    assert result["sockets"] == []
    outside = [path for path in result["written"] if not Path(path).is_relative_to(allowed)]
    assert outside == [], result["command"]


@pytest.mark.parametrize("name", PACKAGES)
def test_hostile_package_runs_nothing_and_writes_only_the_output(name: str, tmp_path: Path) -> None:
    package, allowed = copied(VALID, tmp_path / "package"), tmp_path / "output"
    allowed.mkdir()
    PACKAGES[name](package)
    before = {path: path.lstat().st_mtime_ns for path in package.rglob("*")}
    looks = [
        *(["validate", "package", "--format", form, "--lang", "th"] for form in ("text", "json")),
        ["validate", "package", "--schema", "none", "--format", "json"],
        ["diff", str(VALID), "package"],
        ["release", "package", "--out", "output/releases", "--allow-warnings", "x", "--lang", "th"],
    ]
    commands = [
        *looks,
        *(["validate", "package", "--format", form] for form in ("html", "csv", "sarif")),
        *(["validate", "package", "--format", form, "--output", f"output/report.{form}"] for form in ("json", "csv")),
        ["validate", "package", "package", "--processes", "1", "--output", "output/reports", "--lang", "en"],
        ["validate", "package", "package", "--processes", "1", "--format", "json"],
        ["diff", "package", str(VALID), "--format", "csv", "--output", "output/changes.csv"],
        ["verify", "package"],
        ["schema", "sync", "package", "--check"],
        ["evidence", "package", "--year", "2564", "--out", "output/evidence"],
        ["export", "package", "--to", "eplan", "--out", "output/eplan.xlsx"],
        ["release", "package", "--out", "output/releases", "--dry-run", "--allow-warnings", "x"],
    ]
    commands = looks if name.startswith(("properties-", "resources-", "resource-")) else commands
    for result in watched(commands, tmp_path):
        assert_harmless(result, allowed)
    assert {path: path.lstat().st_mtime_ns for path in package.rglob("*")} == before
    assert not list(tmp_path.rglob("PWNED"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["commands.json", "output", "package"]


# Forged releases: they agree with their manifest, and with nothing else


def sealed(folder: Path) -> Path:
    """Write the manifest anew, so that the release agrees with itself."""
    manifest = folder / "manifest-sha256.txt"
    manifest.unlink(missing_ok=True)
    lines = [f"{sha256(data).hexdigest()}  {path}\n" for path, data in sorted(contents(folder).items())]
    manifest.write_text("".join(lines), encoding="utf-8")
    return folder


def _lacks(path: str) -> Spoil:
    return lambda release: (release / path).unlink()


def _holds(path: str, data: bytes) -> Spoil:
    return lambda release: (release / path).write_bytes(data)


RELEASES: Mapping[str, Spoil] = {
    "name-climbs": _descriptor(name="../other/other"),
    "name-absolute": _descriptor(name="/var/other"),
    "name-evil": _descriptor(name=EVIL),
    "name-number": _descriptor(name=5),
    "name-long": _descriptor(name="a" * 70_000),
    "version-climbs": _descriptor(version="1.0.0/../../x"),
    "version-number": _descriptor(version=1),
    "created-9999": _descriptor(created="9999-12-31T00:00:00Z"),
    "created-0001": _descriptor(created="0001-01-01T00:00:00Z"),
    "created-none": _descriptor(created=None),
    "texts": _everywhere,
    "resources-none": _descriptor(resources=None),
    "resources-odd": _descriptor(resources=[5, None, {"name": "x"}, {"path": EVIL}]),
    "contributors-odd": _descriptor(contributors=[5]),
    "conforms-odd": _descriptor(conformsTo=["x"]),
    "no-plans": _lacks("data/plans.csv"),
    "no-descriptor": _lacks("datapackage.json"),
    "no-changes": _lacks("metadata/changes.json"),
    "no-codebook": _lacks("codebook.html"),
    "no-metadata": _lacks("metadata/schema-org.jsonld"),
    "plans-empty": _holds("data/plans.csv", b""),
    "plans-heading": _holds("data/plans.csv", b"plan_id,start_fiscal_year_be,end_fiscal_year_be\n"),
    "plans-odd": _holds("data/plans.csv", b"plan_id,start_fiscal_year_be,end_fiscal_year_be\nx,1,9999999999\n"),
    "plans-nul": _holds("data/plans.csv", b"\0\xff"),
    "changes-odd": _holds("metadata/changes.json",
        b'{"version": "1.0.0", "released_on": "20261126", "note": {}, "summary": 5}'),
    "changes-deep": _holds("metadata/changes.json", b"[" * 100_000),
    "changes-summary": _holds("metadata/changes.json",
        b'{"version": "1.0.0", "released_on": "2026-11-26", "note": null, "summary": {"tables": [{"change": {}}]}}'),
    "descriptor-deep": _holds("datapackage.json", b"[" * 100_000),
    "descriptor-number": _holds("datapackage.json", b'{"x": ' + b"1" * 5000 + b"}"),
    "descriptor-list": _holds("datapackage.json", b"[]"),
    "metadata-odd": _holds("metadata/schema-org.jsonld", b'{"distribution": [5]}'),
    "metadata-nan": _holds("metadata/schema-org.jsonld", b'{"distribution": [NaN]}'),
    "extra-evil": _holds(f"{EVIL}.txt", b"x"),
}  # fmt: skip


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one release of the small example, which no test may spoil."""
    out = tmp_path_factory.mktemp("small") / "releases"
    publish(VALID, out)
    return out


@pytest.mark.parametrize("name", RELEASES)
def test_hostile_release_runs_nothing_and_writes_only_the_output(name: str, small: Path, tmp_path: Path) -> None:
    """Alone, in a folder of releases that lists it as it is, and as an archive."""
    alone = copied(small / "v1.0.0", tmp_path / "alone")
    RELEASES[name](alone)
    sealed(alone)
    store = copied(small, tmp_path / "store")
    shutil.rmtree(store / "v1.0.0")
    copied(alone, store / "v1.0.0")
    manifest = sha256((alone / "manifest-sha256.txt").read_bytes()).hexdigest()
    index = json.loads((store / "index.json").read_bytes())
    index["releases"][0]["manifest"] = f"sha256:{manifest}"
    (store / "index.json").write_text(json.dumps(index))
    with zipfile.ZipFile(tmp_path / "release.zip", "w") as archive:
        for path, data in contents(alone).items():
            archive.writestr(f"x-v1.0.0/{path}", data)
    (tmp_path / "output").mkdir()
    shutil.copytree(VALID, tmp_path / "package")
    replace_in(tmp_path / "package/data/units.csv", "กองคลัง", "กองการเงิน")
    before = {path: data for path, data in contents(store).items() if path != ".lock"}
    commands = [
        ["verify", "alone", "--lang", "th"],
        ["verify", "release.zip", "--lang", "en"],
        *(["publish", path, "--to", "folder", "output/web"] for path in ("alone", "store", "store/v1.0.0")),
        ["withdraw", "1.0.0", "--reason", "x", "--out", "store"],
        ["release", "package", "--out", "store", "--note", "x"],
        ["release", "alone", "--out", "output/releases", "--allow-warnings", "x"],
        ["evidence", "alone", "--year", "2564", "--out", "output/evidence"],
        ["export", "alone", "--to", "eplan", "--out", "output/eplan.xlsx"],
        ["diff", "alone", str(VALID)],
        ["validate", "alone", "--lang", "th"],
    ]
    for result in watched(commands, tmp_path):
        assert_harmless(
            result, tmp_path if "--out" in result["command"] and "store" in result["command"] else tmp_path / "output"
        )
        if result["command"][0] in ("withdraw", "publish") and name != "extra-evil":
            assert result["code"] in (2, 3), result
    after = {path: data for path, data in contents(store).items() if path != ".lock"}
    assert after == before
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "alone", "commands.json", "output", "package", "release.zip", "store"
    ]  # fmt: skip


# What is written lies below its root


@pytest.mark.parametrize(
    "path",
    ["../x", "a/../../x", "/x", "a//b", "./a", "", ".", "..", "C:/x", "C:x", "a\\b", "a\0b", "//host/x", "a/./b"],
)
def test_nothing_is_written_outside_its_folder(tmp_path: Path, path: str) -> None:
    with fails("path_unsafe"):
        write_files(tmp_path / "root", {"first": b"x", path: b"x"})
    assert not (tmp_path / "root").exists()


@pytest.mark.parametrize(
    "name", [*ODD, "../x", "a/b", "a.b", "A", "con", "lpt1", "a" * 101, "a-", "-a", "a--b", "ก", "a\n"]
)
def test_name_of_a_package_is_the_name_of_a_file_or_refused(name: Any) -> None:
    if name == "x":
        assert plan_name({"name": name}) == name
        return
    with fails("descriptor_invalid"):
        plan_name({"name": name})


# Output that a user names


def _targets(folder: Path) -> dict[str, Path]:
    (folder / "link").symlink_to(folder / "plan/data/units.csv")
    (folder / "dangling").symlink_to(folder / "new")
    (folder / "folder-link").symlink_to(folder / "plan/data")
    os.mkfifo(folder / "fifo")
    return {
        "table": folder / "plan/data/units.csv",
        "descriptor": folder / "plan/datapackage.json",
        "new-in-package": folder / "plan/report",
        "new-in-data": folder / "plan/data/new/report",
        "by-a-link": folder / "folder-link/report",
        "manifest": folder / "releases/v1.0.0/manifest-sha256.txt",
        "in-release": folder / "releases/latest/report",
        "index": folder / "releases/index.json",
        "beside-releases": folder / "releases/report",
        "link": folder / "link",
        "dangling": folder / "dangling",
        "fifo": folder / "fifo",
        "device": Path("/dev/null"),
        "folder": folder,
    }


@pytest.mark.parametrize("command", [
    ["validate", "plan", "--output"],
    ["validate", "plan", "plan", "--processes", "1", "--output"],
    ["diff", "plan", str(VALID), "--format", "csv", "--output"],
    ["export", "releases/latest", "--to", "eplan", "--out"],
    ["evidence", "releases/latest", "--year", "2564", "--out"],
    ["keygen"],
])  # fmt: skip
def test_output_overwrites_no_data(command: list[str], small: Path, tmp_path: Path) -> None:
    copied(VALID, tmp_path / "plan")
    copied(small, tmp_path / "releases")
    targets = _targets(tmp_path)
    before = contents(tmp_path)
    names = [
        name
        for name in targets
        if not (name == "folder" and command[0] in ("evidence", "validate") and "plan" in command[2:])
    ]
    ending = ".csv" if command[0] == "export" else ""
    commands = [
        [*command, f"{targets[name]}{ending if 'new' in name or 'report' in str(targets[name]) else ''}"]
        for name in names
    ]
    for result in watched(commands, tmp_path):
        assert result["code"] in (2, 3), result
        assert_harmless(result, Path("/nowhere"))
    (tmp_path / "commands.json").unlink()
    assert contents(tmp_path) == before


def test_output_keeps_its_permissions_and_widens_none(small: Path, tmp_path: Path) -> None:
    old = tmp_path / "report.json"
    old.write_text("an earlier report")
    old.chmod(0o600)
    mask = os.umask(0o027)
    try:
        commands = [
            ["validate", str(VALID), "--format", "json", "--output", name] for name in ("report.json", "new.json")
        ]
        assert [result["code"] for result in watched(commands, tmp_path)] == [0, 0]
    finally:
        os.umask(mask)
    assert old.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "new.json").stat().st_mode & 0o777 == 0o640
    assert json.loads(old.read_bytes()) == json.loads((tmp_path / "new.json").read_bytes())


@pytest.mark.parametrize("out", ["plan", "plan/releases", "releases/v1.0.0", "releases/latest/x"])
def test_releases_go_into_no_package_and_no_release(small: Path, tmp_path: Path, out: str) -> None:
    copied(VALID, tmp_path / "plan")
    copied(small, tmp_path / "releases")
    before = contents(tmp_path)
    (result,) = watched([["release", "plan", "--out", out]], tmp_path)
    assert (result["code"], result["stdout"]) == (2, "")
    (tmp_path / "commands.json").unlink()
    assert contents(tmp_path) == before


def test_schemas_of_a_release_are_not_synchronised(small: Path, tmp_path: Path) -> None:
    release = copied(small / "v1.0.0", tmp_path / "v1.0.0")
    edit_descriptor(release, lambda d: d["resources"][0].pop("schema"))
    before = contents(release)
    (result,) = watched([["schema", "sync", "v1.0.0"]], tmp_path)
    assert result["code"] == 2
    assert contents(release) == before


# Markdown and long names


MARKUP = "# x\n- [a](javascript:alert(1)) <script>alert(1)</script> **b** `c` | d ![e](http://127.0.0.1/f.png) 1. <!-- "


def test_texts_of_a_descriptor_are_no_markup_in_the_pages_of_a_release(tmp_path: Path) -> None:
    package = copied(VALID, tmp_path / "package")
    licence = {"name": "CC-BY-4.0", "title": MARKUP, "path": "https://example.org/a)[b](javascript:alert(1)"}

    def spoil(d: dict[str, Any]) -> None:
        d.update(title=MARKUP, title_en=MARKUP, description=MARKUP, description_en=MARKUP, licenses=[licence])
        d["sources"] = [{**d["sources"][0], "title": MARKUP, "title_en": MARKUP}]

    edit_descriptor(package, spoil)
    outcome = publish(package, tmp_path / "out", allow_warnings="x")
    assert outcome.written
    for name in ("00-README.th.md", "00-README.en.md", "LICENSE", "CHANGES.md"):
        text = (outcome.path / name).read_text(encoding="utf-8")
        assert not re.search(r"<(?:script|!--)", text), name
        assert not re.search(r"(?<!\\)\]\((?!https://example\.org/a%29|00-README|https://creativecommons)", text), name
        assert not re.search(r"^\s*(?:# x|- \[a)", text, re.MULTILINE), name


def test_reports_of_packages_with_long_names_do_not_end_the_batch(tmp_path: Path) -> None:
    names = ["a" * 255, "ก" * 85, "b"]
    for name in names:
        copied(VALID, tmp_path / name)
    (result,) = watched([["validate", *names, "--processes", "1", "--format", "json", "--out", "reports"]], tmp_path)
    assert result["code"] == 0, result
    assert len(list((tmp_path / "reports").glob("*.json"))) == len(names)
