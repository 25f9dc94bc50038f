"""The remedies that findings propose, done to a package as their texts say: no more, and in the order that they say.

A remedy is mechanical where its text names all that is to be written or deleted. A rule that has none is in
:data:`BY_HAND`, and so is a variant of a rule that has one.
"""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from khelang_opendata import Issue, Package, load_family
from khelang_opendata.model.look_alikes import as_meant
from khelang_opendata.model.places import letters
from khelang_opendata.model.spoilt_text import FLAWS
from khelang_opendata.model.thai import ascii_text
from khelang_opendata.package.listing import synchronised
from khelang_opendata.validation import family_of
from tests.conftest import edit_descriptor

Sheet = list[list[str]]
Remedy = Callable[[Sheet, Issue], None]
FileRemedy = Callable[[Path, Issue], None]
_SEARCHED = 12


def _heading(sheet: Sheet, field: str | None) -> int:
    """The position of a column."""
    return next(row.index(field or "") for row in sheet[:_SEARCHED] if field in row)


def _spans(text: object) -> list[tuple[int, int]]:
    """The rows or columns that a text names, in its order: ``47-51, 21``, ``S-U``."""
    parts = [part.partition("-") for part in str(text).split(", ")]
    return [(_number(first), _number(last or first)) for first, _, last in parts]


def _number(name: str) -> int:
    return int(name) if name.isdigit() else next(n for n in range(1, 20_000) if letters(n - 1) == name)


def _row(issue: Issue) -> int:
    assert issue.location.row is not None
    return issue.location.row - 1


def write_corrected(sheet: Sheet, issue: Issue) -> None:
    """Type the corrected value instead."""
    sheet[_row(issue)][_heading(sheet, issue.location.field)] = str(issue.params["corrected"])


def write_part(sheet: Sheet, issue: Issue) -> None:
    """Write the corrected part of an erratum, or of a key."""
    sheet[_row(issue)][_heading(sheet, str(issue.params["column"]))] = str(issue.params["corrected"])


def write_in_rows(sheet: Sheet, issue: Issue) -> None:
    """Write the corrected value in all rows that are named."""
    position = _heading(sheet, issue.location.field)
    for first, last in _spans(issue.params["rows"]):
        for row in sheet[first - 1 : last]:
            row[position] = str(issue.params["corrected"])


def write_in_every_such_row(sheet: Sheet, issue: Issue) -> None:
    """Type the corrected value in every row that has the cell."""
    position = _heading(sheet, issue.location.field)
    for row in sheet:
        if position < len(row) and row[position] == issue.location.cell:
            row[position] = str(issue.params["corrected"])


def format_as_general(sheet: Sheet, issue: Issue) -> None:
    """Show the numbers of a column without a format: in the digits 0-9, and without separators."""
    position = _heading(sheet, issue.location.field)
    for first, last in _spans(issue.params["rows"]):
        for row in sheet[first - 1 : last]:
            row[position] = re.sub(r"(?<=\d)[, ](?=\d{3})", "", ascii_text(row[position]))


def replace_character(sheet: Sheet, issue: Issue) -> None:
    """Replace a character of a column by the one that it looks like, or by nothing where it does not show."""
    position, strange = (
        _heading(sheet, issue.location.field),
        chr(int(str(issue.params["code_point"])[2:].split()[0], 16)),
    )
    for row in sheet[_row(issue) :]:
        row[position] = row[position].replace(strange, as_meant(strange))


def write_no_amount(sheet: Sheet, issue: Issue) -> None:
    """Type the amount, and no_budget as its status."""
    write_corrected(sheet, issue)
    sheet[_row(issue)][_heading(sheet, "budget_status")] = "no_budget"


def clear_cell(sheet: Sheet, issue: Issue) -> None:
    """Leave the cell empty."""
    sheet[_row(issue)][_heading(sheet, issue.location.field)] = ""


def fill_down(sheet: Sheet, issue: Issue) -> None:
    """Fill each empty cell with the value above it."""
    position = _heading(sheet, issue.location.field)
    for first, last in sorted(_spans(issue.params["rows"])):
        for number in range(first - 1, last):
            sheet[number][position] = next(
                row[position] for row in reversed(sheet[:number]) if position < len(row) and row[position].strip()
            )


def rename_column(sheet: Sheet, issue: Issue) -> None:
    """Change the heading of one column."""
    position = _number(str(issue.params["letter"])) - 1
    row = sheet[_row(issue)]
    row += [""] * (position + 1 - len(row))
    row[position] = str(issue.params["corrected"])


def list_column(folder: Path) -> None:
    """Run ``khelang schema sync``."""
    package = Package.load(folder)
    edit_descriptor(folder, lambda descriptor: descriptor.update(synchronised(package, family_of(package))))


def replace_heading(sheet: Sheet, issue: Issue) -> None:
    """Replace the headings, one a cell from column A on."""
    sheet[_row(issue)] = str(issue.params["corrected"]).split(",")


def add_column(sheet: Sheet, issue: Issue) -> None:
    """Type a heading in the first free cell on the right."""
    for number, row in enumerate(sheet):
        row.append(str(issue.params["name"]) if number == _row(issue) else "")


def delete_columns(sheet: Sheet, issue: Issue) -> None:
    """Delete whole columns, in the order that is named."""
    for first, last in _spans(issue.params["columns"]):
        for row in sheet:
            del row[first - 1 : last]


def delete_rows(sheet: Sheet, issue: Issue) -> None:
    """Delete whole rows, in the order that is named."""
    for first, last in _spans(issue.params["rows"]):
        del sheet[first - 1 : last]


def save_sheet_without_names(sheet: Sheet, issue: Issue) -> None:
    """Delete columns, and save numbers without a format."""
    delete_columns(sheet, issue)
    fields = load_family().tables[str(issue.location.resource)].field_by_name
    numbers = [place for place, name in enumerate(sheet[0]) if fields[name].descriptor["type"] in ("integer", "number")]
    for row in sheet[1:]:
        for place in numbers:
            if "," in row[place]:
                row[place] = row[place].replace(",", "").removesuffix(".00")


def insert_heading(sheet: Sheet, issue: Issue) -> None:
    """Insert a row above row 1."""
    sheet.insert(0, str(issue.params["corrected"]).split(","))


def move_heading(sheet: Sheet, issue: Issue) -> None:
    """Cut a row, and insert it above row 1."""
    sheet.insert(0, sheet.pop(_row(issue)))


def rename_file(folder: Path, issue: Issue) -> None:
    """Move or rename the copy."""
    (folder / str(issue.params["copy"])).rename(folder / str(issue.params["path"]))


def move_copy_away(folder: Path, issue: Issue) -> None:
    """Move the copy out of the folder: it is not newer."""
    (folder / str(issue.params["path"])).unlink()


def split_cells(folder: Path, issue: Issue) -> None:
    """Delete a line ``sep=`` or those above the heading, and save cells with commas that another sign separates."""
    path, mark = _path(folder, issue), {"tab": "\t"}.get(str(issue.params["found"]), str(issue.params["found"]))
    lines = path.read_text(encoding="utf-8-sig").split("\n")
    text = "\n".join(lines[_row(issue) or lines[0].startswith("sep=") :])
    _write(path, csv.reader(io.StringIO(text, newline=""), delimiter=mark))


def save_as_utf8(folder: Path, issue: Issue) -> None:
    """Open the file in Excel, where the Thai is readable, and save it as CSV UTF-8."""
    path = _path(folder, issue)
    data = path.read_bytes()
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    big = data[:1] == b"\0"
    encoding = "utf-16" if marked else "utf-16-be" if big else "utf-16-le" if b"\0" in data[:9] else "cp874"
    text = data.decode(encoding)
    _write(path, csv.reader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in text.split("\n")[0] else ","))


def write_path(folder: Path, issue: Issue) -> None:
    """Set the path of a table."""
    wrong, path = issue.params["path"], issue.params["corrected"]
    edit_descriptor(folder, lambda d: [e.update(path=path) for e in d["resources"] if e.get("path") == wrong])


def write_property(folder: Path, issue: Issue) -> None:
    """Change a property of the descriptor."""
    _set_property(folder, str(issue.params["property"]), issue.params["corrected"])


def _set_property(folder: Path, pointer: str, value: object) -> None:
    def change(descriptor: Any) -> None:
        *above, name = [int(part) if part.isdecimal() else part for part in pointer.split("/")]
        for part in above:
            descriptor = descriptor[part]
        descriptor[name] = value

    edit_descriptor(folder, change)


def write_list(folder: Path, issue: Issue) -> None:
    """Change a property of the descriptor to a list, which is given as JSON."""
    _set_property(folder, str(issue.params["property"]), json.loads(str(issue.params["corrected"])))


def list_again(folder: Path, _: Issue) -> None:
    """Empty the list of resources and run ``khelang schema sync``."""
    edit_descriptor(folder, lambda descriptor: descriptor.update(resources=[]))
    list_column(folder)


def write_standard(folder: Path, issue: Issue) -> None:
    """Add the line that names the standard."""
    edit_descriptor(folder, lambda descriptor: descriptor.update(conformsTo=issue.params["corrected"]))


def synchronise(folder: Path, _: Issue) -> None:
    """Run ``khelang schema sync``."""
    list_column(folder)


SHEETS: dict[tuple[str, str | None], Remedy] = {
    ("column_unexpected", "workbook"): save_sheet_without_names,
    ("column_missing", "titles"): replace_heading,
    ("column_missing", "renamed"): rename_column,
    ("column_missing", "look_alike"): rename_column,
    ("column_unexpected", None): rename_column,
    ("column_duplicate", None): rename_column,
    ("column_name_invalid", None): rename_column,
    ("column_name_invalid", "look_alike"): rename_column,
    ("column_name_invalid", "blank"): rename_column,
    ("value_missing", "merged"): fill_down,
    ("value_missing", "known"): write_corrected,
    ("type_wrong", "no_amount"): write_no_amount,
    ("type_wrong", "amount_printed"): write_corrected,
    ("type_wrong", "nothing"): clear_cell,
    ("pattern_mismatch", "corrected"): write_corrected,
    ("value_not_allowed", "corrected"): write_corrected,
    ("reference_missing", "only"): write_in_rows,
    ("reference_missing", "counts_up"): write_in_rows,
    ("reference_missing", "near"): write_in_every_such_row,
    **dict.fromkeys(
        (
            *(("thai_digits", variant) for variant in (None, "date")),
            ("number_grouped", None),
            *(("number_not_plain", variant) for variant in (None, "scientific")),
            ("number_too_long", "calculated"),
            ("amount_too_fine", "calculated"),
            ("date_buddhist_year", None),
            *(("type_wrong", variant) for variant in ("date_form", "words", "boolean_meant")),
            ("value_out_of_range", "year"),
            ("encoding_suspected_cp874", None),
            *(("character_hidden", kind) for kind in ("control", "format", "line", "private", "value")),
            *(("text_not_normalized", flaw) for flaw in ("not_nfc", *(FLAWS.keys() - {"lone_mark"}))),
        ),
        write_corrected,
    ),
    ("thai_digits", "many"): format_as_general,
    ("character_hidden", "value_many"): replace_character,
    ("number_grouped", "many"): format_as_general,
    ("erratum_unmatched", "part"): write_part,
    ("key_duplicate", "next"): write_part,
    ("column_missing", None): add_column,
    ("column_name_invalid", "empty"): delete_columns,
    ("row_blank", None): delete_rows,
    ("row_not_data", "above"): delete_rows,
    ("row_not_data", "separator"): delete_rows,
    ("row_not_data", "heading"): delete_rows,
    ("row_not_data", "totals"): delete_rows,
    ("row_not_data", "note"): delete_rows,
    ("row_not_data", "copy"): delete_rows,
    ("row_not_data", "several"): delete_rows,
    ("key_duplicate", "copies"): delete_rows,
    ("column_missing", "no_heading"): insert_heading,
    ("column_missing", "heading_moved"): move_heading,
}
"""What is done to a sheet, by rule and variant, in the order in which the texts have it done: what moves columns
follows all headings, and what moves rows follows everything else."""

FILES: dict[tuple[str, str | None], FileRemedy] = {
    ("table_missing", "copy"): rename_file,
    ("table_unlisted", "copy"): move_copy_away,
    ("csv_malformed", "delimiter"): split_cells,
    ("csv_malformed", "delimiter_below"): split_cells,
    ("encoding_not_utf8", None): save_as_utf8,
    ("encoding_not_utf8", "utf16"): save_as_utf8,
    ("descriptor_invalid", "path_meant"): write_path,
    ("descriptor_invalid", "property_meant"): write_property,
    ("descriptor_invalid", "property_list"): write_list,
    ("descriptor_invalid", "resources_type"): list_again,
    ("descriptor_invalid", "schema_differs"): synchronise,
    ("descriptor_invalid", "schema_missing"): synchronise,
    ("descriptor_invalid", "standard_missing"): write_standard,
}
"""What is done to files, by rule and variant."""

BY_HAND: dict[str, tuple[str | None, ...]] = {
    "column_missing": ("required", "other_table", "not_the_table"),
    "column_unexpected": ("misplaced",),
    "value_missing": (None,),
    "type_wrong": (
        *(None, "integer", "number", "boolean", "date", "date_two_ways", "error_value", "property", "property_form"),
    ),
    "number_not_plain": ("scientific_unknown",),
    "number_too_long": (None,),
    "amount_too_fine": (None,),
    "date_buddhist_year": ("impossible", "property", "property_impossible"),
    "value_out_of_range": (None, "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    "encoding_suspected_cp874": ("many", "property"),
    "character_hidden": (
        *("unknown", "value_unknown", "property", "property_unknown", "property_name", "private_many"),
        "unknown_many",
    ),
    "text_not_normalized": ("lone_mark",),
    "erratum_unmatched": (None, "unknown_rule", "unknown_rule_near", "parts", "value", "unnamed", "no_warning"),
    "pattern_mismatch": (None, "json_schema"),
    "value_not_allowed": (None,),
    "reference_missing": (None, "plan", "emptied"),
    "key_duplicate": (None,),
    "table_missing": ("entry", "entry_copy", "file", "workbook", "no_rows"),
    "table_unlisted": (None,),
    "descriptor_invalid": (
        "missing",
        "missing_renamed",
        "missing_below",
        "missing_among",
        "not_utf8",
        "not_json",
        "json_empty",
        "json_page",
        "json_comment",
        "json_quote",
        "json_comma_extra",
        "json_comma_missing",
        "json_quote_inside",
        "json_word",
        "json_sign",
        "json_hidden",
        "json_more",
        "json_cut",
        "json_backslash",
        "json_line_break",
        "json_open",
        "json_name_repeated",
        "too_deep",
        "too_large",
        "number_too_long",
        "number_not_finite",
        "link",
        "not_object",
        "missing_example",
        "empty_example",
        "type_example",
        "pattern_example",
        "property_missing",
        "property_type",
        "property_value",
        "property_pattern",
        "property_empty",
        "property_invalid",
        "schema_unknown",
        "resource_repeated",
        "resources_too_many",
        "name_unsafe",
        "path_remote",
        "path_absolute",
        "path_outside",
        "path_symlink",
        "path_not_file",
        "path_not_csv",
        "dialect",
        "half_character",
        "schema_unusable",
        "key_unknown",
        "part_unreadable",
        "field_repeated",
        "constraint_misplaced",
        "constraint_unknown",
    ),
    "csv_malformed": (
        *("quote", "empty", "nul", "field_too_long", "workbook", "document", "cut_off", "delimiter_declared"),
    ),
}
"""The variants that need a person, of rules of which others are mechanical."""

ALL_BY_HAND = frozenset(
    {
        *("amount_words_differ", "approved_exceeds_planned", "budget_items_differ", "budget_outside_plan"),
        *(
            "budget_outside_project",
            "budget_period_wrong",
            "budget_status_amount",
            "budget_year_missing",
            "column_sorted_alone",
        ),
        *("cell_extra", "cell_missing", "code_unknown", "column_additional", "declared_count_differs"),
        *("disbursed_decreases", "disbursed_exceeds_approved", "disbursed_without_budget"),
        *("duplicate_title", "erratum_record_missing", "code_not_added", "date_out_of_range", "text_lost"),
        *("erratum_value_differs", "file_name_not_ascii", "formula_suspected", "hash_mismatch", "id_code_differs"),
        *("id_prefix_wrong", "kind_differs", "lead_unit_differs", "length_wrong", "limit_exceeded", "mission_cycle"),
        *("mission_dimension_mismatch", "name_differs", "parent_project_invalid", "personal_data_suspected"),
        *("plan_row_count", "planned_differs", "portal_metadata_missing", "portal_value_illegal"),
        *("printed_amounts_differ", "printed_grand_total_differs", "printed_subtotal_differs"),
        *("printed_totals_inconsistent", "profile_invalid", "progress_outside_project", "progress_reason_missing"),
        *("progress_reason_unexplained", "progress_reason_unneeded", "progress_regressed"),
        *("project_without_indicator", "project_without_target", "reported_before_round", "resource_additional"),
        *("resource_not_checked", "risk_score_differs", "risk_without_control", "scope_unknown", "sequence_gap"),
        *("sequence_printed_differs", "source_basis_missing", "table_too_large", "table_unexpected"),
        *(
            "title_differs",
            "example_copied",
            "printed_digits_changed",
            "unit_cycle",
            "unit_differs",
            "unit_level_order",
            "unit_unused",
        ),
        *("year_outside_plan", "years_reversed"),
    }
)
"""The rules whose every remedy needs a person: only the document, or a decision, says what is right."""


def key_of(issue: Issue) -> tuple[str, str | None]:
    """The rule and variant of an issue, as the tables of remedies have them."""
    variant = issue.params.get("variant")
    return issue.code, None if variant is None else str(variant)


def is_mechanical(issue: Issue) -> bool:
    """Whether the remedy of an issue can be applied."""
    return key_of(issue) in SHEETS or key_of(issue) in FILES


def apply(folder: Path, issues: Iterable[Issue]) -> None:
    """Do to a package what the remedies of its issues say; each row and column has the place that the report names."""
    todo = [issue for issue in issues if is_mechanical(issue)]
    for issue in todo:
        if key_of(issue) in FILES:
            FILES[key_of(issue)](folder, issue)
    of_sheets = sorted((i for i in todo if key_of(i) in SHEETS), key=lambda i: [*SHEETS].index(key_of(i)))
    for table in dict.fromkeys(issue.location.resource for issue in of_sheets):
        own = [issue for issue in of_sheets if issue.location.resource == table]
        path = _path(folder, own[0])
        sheet = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
        for issue in own:
            SHEETS[key_of(issue)](sheet, issue)
        _write(path, sheet)
    if any(SHEETS[key_of(issue)] is rename_column for issue in of_sheets):
        list_column(folder)


def cells_of(folder: Path) -> Iterator[tuple[str, str]]:
    """The cells of a package's CSV files, by table, as far as these can be read."""
    for path in sorted((folder / "data").glob("*.csv")):
        try:
            rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
        except (UnicodeDecodeError, csv.Error, OSError):
            continue
        yield from ((path.stem, cell) for row in rows for cell in row if cell)


def copied(folder: Path, target: Path) -> Path:
    """A copy of a package."""
    return Path(shutil.copytree(folder, target))


def _path(folder: Path, issue: Issue) -> Path:
    return folder / next(r.path for r in Package.load(folder).resources if r.name == issue.location.resource)


def _write(path: Path, rows: Iterable[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
