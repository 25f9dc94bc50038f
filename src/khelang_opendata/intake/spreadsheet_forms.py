"""What kind of spreadsheet a file is, by its first bytes: its name's ending says what someone called it."""

from __future__ import annotations

import io
import zipfile
from enum import StrEnum
from pathlib import PurePath, PurePosixPath

from khelang_opendata.model.failures import DataError
from khelang_opendata.package.datapackage import DESCRIPTOR

ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_ZIP, _COMPOUND = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OTHERS = {
    b"%pdf": "PDF",
    b"{\\rtf": "RTF",
    b"<!doctype": "HTML",
    b"<html": "HTML",
    b"<table": "HTML",
    b"<head": "HTML",
    b"<meta": "HTML",
    b"<style": "HTML",
    b"<?xml": "XML",
    b"<": "HTML",
    b"mime-version:": "MHTML",
    b"id;p": "SYLK",
}
"""How files begin that are no table of text, in small letters; Excel saves some of them under the ending .xls."""
_INSIDE = {
    "xl/workbook.bin": ".xlsb",
    "word/document.xml": "Word",
    "ppt/presentation.xml": "PowerPoint",
    "Index/Document.iwa": "Numbers",
}
"""The parts by which a packed file of another kind is known."""
_STARTS = 400


ENDINGS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".csv", ".tsv")


class SheetsForm(StrEnum):
    """The kinds of files that hold sheets, as far as they are read."""

    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    TEXT = "text"


def form_of(data: bytes, name: str) -> SheetsForm:
    """The kind of a file.

    Args:
        data: the file.
        name: its name, for failures.

    Raises:
        DataError: it is empty, or of a kind that is not read, which the failure names.
    """
    if not data.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        raise DataError("workbook_refused", "empty", path=name)
    if data.startswith(_COMPOUND):
        return SheetsForm.XLS
    if data.startswith(_ZIP):
        return _packed_form(data, name)
    start = data[:_STARTS].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    other = next((form for sign, form in _OTHERS.items() if start.startswith(sign)), None)
    if other:
        is_sheet = b"office:spreadsheet" in start or b"urn:schemas-microsoft-com:office:" in start
        raise DataError("workbook_refused", "other_form", path=name, form="XML Spreadsheet" if is_sheet else other)
    return SheetsForm.TEXT


def _packed_form(data: bytes, name: str) -> SheetsForm:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            names = {*packed.namelist()}
    except (zipfile.BadZipFile, ValueError, OSError, RuntimeError) as error:
        raise DataError("workbook_refused", "damaged", path=name) from error
    if "xl/workbook.xml" in names:
        return SheetsForm.XLSX
    if ODS_TYPE in data[:_STARTS]:
        return SheetsForm.ODS
    other = next((form for part, form in _INSIDE.items() if part in names), None)
    if other:
        raise DataError("workbook_refused", "other_form", path=name, form=other)
    is_package = any(PurePosixPath(part).name == DESCRIPTOR for part in names)
    raise DataError("workbook_refused", "packed_package" if is_package else "not_workbook", path=name)


def is_workbook(data: bytes, path: PurePath) -> bool:
    """Whether a file is meant as a workbook: it is one, or is named like one or like a table of text, but is none."""
    try:
        return form_of(data, path.name) is not SheetsForm.TEXT
    except DataError:
        return path.suffix.lower() in ENDINGS
