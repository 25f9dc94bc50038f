"""Sheets of a released workbook that are saved as CSV are one finding each, with a remedy that makes them valid."""

from __future__ import annotations

import subprocess
from pathlib import Path
from shutil import copyfile

import pytest

from khelang_opendata import validate
from tests import remedies
from tests.conftest import PLAN, VALID, needs
from tests.releases import publish

RAW, AS_SHOWN = "false,true,false", "false,false,true"
"""Options of LibreOffice's filter: numbers as they are, or as the sheet shows them, which is what Excel saves."""


@needs("soffice")
@pytest.mark.parametrize("shown", [RAW, AS_SHOWN], ids=["raw", "as shown"])
@pytest.mark.parametrize("source", [PLAN, VALID], ids=lambda path: path.name)
def test_sheets_of_a_released_workbook(source: Path, shown: str, tmp_path: Path) -> None:
    (workbook,) = publish(source, tmp_path / "out").path.rglob("*.xlsx")
    csv = f"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,{shown},false,false,-1"
    command = ["soffice", "--headless", f"-env:UserInstallation=file://{tmp_path}/profile", "--convert-to", csv]
    command += ["--outdir", str(tmp_path / "sheets"), str(workbook)]
    subprocess.run(command, capture_output=True, timeout=180, check=True)
    package = remedies.copied(source, tmp_path / "package")
    tables = [path.stem for path in package.glob("data/*.csv")]
    headings = {}
    for table in tables:
        sheet = tmp_path / f"sheets/{workbook.stem}-{table}.csv"
        headings[table] = sheet.read_text(encoding="utf-8-sig").splitlines()[0]
        copyfile(sheet, package / f"data/{table}.csv")
    report = validate(package)
    errors = {(issue.code, issue.params.get("variant")) for issue in report.issues if issue.severity == "error"}
    assert errors == {("column_unexpected", "workbook")}
    assert report.errors == len([table for table in tables if "." in headings[table]])
    remedies.apply(package, report.issues)
    assert validate(package).valid
