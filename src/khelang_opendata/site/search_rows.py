"""The rows of a large plan for the script of the table, which makes the rows that the static pages do not have."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from khelang_opendata.formats.headlines import baht
from khelang_opendata.model.wording import Language
from khelang_opendata.site.project_rows import ProjectRow, YearCell
from khelang_opendata.site.site_templates import shown
from khelang_opendata.site.site_texts import say


def row_data(row: ProjectRow, slug: Callable[[str], str]) -> Mapping[str, str]:
    """What the filters of the table read from a row.

    Args:
        row: the row.
        slug: gives the short id of a dimension or unit.
    """
    return {
        "kind": row.record["project_kind"],
        "dimension": slug(row.record["dimension_id"]),
        "division": slug(row.division),
        "audience": " ".join(row.audiences),
        "money": " ".join(row.flags),
        "years": " ".join(cell.coded for cell in row.cells.values()),
        "whole": row.whole_period.coded,
        "errata": str(row.errata_count),
    }


def search_rows(rows: Sequence[ProjectRow], language: Language, names: Mapping[str, Any], has_whole: bool) -> bytes:
    """A script that sets the rows of the table, as texts and never as markup.

    Args:
        rows: the rows of all projects.
        language: of the page.
        names: the helpers of the templates, which name dimensions, divisions and codes.
        has_whole: whether the table has a column of what is given for all years together.
    """
    at = 0 if language is Language.TH else 1
    content = [_row(row, language, at, names, has_whole) for row in rows]
    return f"window.khelangRows={json.dumps({'rows': content}, ensure_ascii=False)};\n".encode()


def _row(row: ProjectRow, language: Language, at: int, names: Mapping[str, Any], has_whole: bool) -> Mapping[str, Any]:
    record = row.record
    cells = [*row.cells.values(), *([row.whole_period] if has_whole else [])]
    total = baht(row.money)[at] if row.money else say("no_own_money", language)
    texts = [row.number, _title(record, language), names["dimension_code"](record["dimension_id"])]
    texts += [*(_cell(cell, language, at) for cell in cells), total, str(row.errata_count)]
    return {
        "data": row_data(row, names["dimension_slug"]),
        "cells": [str(shown(text)) for text in texts],
        "sort": [*(cell.amount or "0" for cell in cells), str(row.money.thb), str(row.errata_count)],
        "page": f"{row.slug}.html",
        "under": str(shown(f"{names['kind_name'](record['project_kind'])} · {names['division_name'](row.division)}")),
    }


def _cell(cell: YearCell, language: Language, at: int) -> str:
    if cell.money.thb:
        return baht(cell.money)[at]
    return say(f"status_{cell.status}", language) if cell.status else say("none_here", language)


def _title(record: Mapping[str, str], language: Language) -> str:
    return record["title_th"] if language is Language.TH else record["title_en"] or record["title_th"]
