"""What a person is advised to type begins as the program was started, and fits what was given."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from khelang_opendata.__main__ import program_name
from khelang_opendata.cli import main
from khelang_opendata.cli.help import AS_MODULE
from khelang_opendata.model.report import SheetWords
from khelang_opendata.model.wording import Language
from khelang_opendata.render.messages import in_words_of_sheet
from tests.conftest import PLAN, VALID
from tests.workbooks import run, workbook_of


@pytest.mark.parametrize(
    ("program", "system", "name"),
    [
        (r"C:\Python\Lib\site-packages\khelang_opendata\__main__.py", "nt", AS_MODULE),
        (r"C:\Users\ก\.local\bin\khelang.exe", "nt", "khelang"),
        ("/usr/lib/python3/khelang_opendata/__main__.py", "posix", "khelang"),
    ],
)
def test_name_is_what_the_person_typed(program: str, system: str, name: str) -> None:
    assert program_name(program, system) == name


@pytest.mark.parametrize("name", [AS_MODULE, "khelang"])
@pytest.mark.parametrize("language", ["th", "en"])
def test_every_command_that_is_shown_begins_so(name: str, language: str, tmp_path: Path) -> None:
    def shown(*args: object) -> str:
        return CliRunner().invoke(main, [*map(str, args), "--lang", language], prog_name=name).output

    workbook = tmp_path / "plan.xlsx"
    workbook.write_bytes(workbook_of(VALID))
    own = tmp_path / "own.csv"
    own.write_text("ก,ข\n1,2\n", encoding="utf-8")
    package = tmp_path / "package"
    texts = [shown("import", "--help"), shown("fmt", workbook), shown("import", workbook, "-o", package)]
    texts += [shown("import", own, "-o", package), shown("import", package, "-o", tmp_path / "other")]
    (package / "data/notes.csv").write_text("a\n", encoding="utf-8")
    texts.append(shown("validate", package))
    for text in texts:
        assert f"{name} " in text, text
        if name == AS_MODULE:
            rest = text.replace(AS_MODULE, "…")
            assert not [word for word in ("import", "validate", "template", "schema") if f"khelang {word}" in rest], (
                text
            )
    assert "khelang schema sync" in shown("validate", package, "--format", "json")  # the same however it is started


def test_workbook_in_place_of_a_package_can_be_imported_as_the_advice_says(tmp_path: Path) -> None:
    workbook = tmp_path / "plan.xlsx"
    workbook.write_bytes(workbook_of(PLAN))
    done = run("release", workbook)
    assert done.exit_code == 2
    assert f'khelang import "{workbook}" -o my-plan' in done.output
    assert f'khelang validate "{workbook}"' in done.output


def test_folder_in_place_of_a_workbook_can_be_made_one_as_the_advice_says(tmp_path: Path) -> None:
    done = run("import", VALID, "-o", tmp_path / "new")
    assert (done.exit_code, f'khelang template -o plan.xlsx --from "{VALID}"' in done.output) == (2, True)
    assert run("template", "-o", tmp_path / "plan.xlsx", "--from", VALID).exit_code == 0
    done = run("extract", VALID, "-o", tmp_path / "new")
    assert (done.exit_code, "is a folder" in done.output) == (2, True)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Correct it in table projects, please.", "Correct it in sheet “ตารางสรุป”, please."),
        ("The table projects lacks it", "The sheet “ตารางสรุป” lacks it"),
        ("Bring the rows of table projects back", "Bring the rows of sheet “ตารางสรุป” back"),
        ("Add no row to plans: a package", "Add no row to sheet “แผน”: a package"),
        ("Add rows for P1, 2570, to projects; for", "Add rows for P1, 2570, to sheet “ตารางสรุป”; for"),
        ("Check all projects and plans", "Check all projects and plans"),
    ],
)
def test_english_text_names_the_sheet(text: str, shown: str) -> None:
    words = SheetWords({"projects": "ตารางสรุป", "plans": "แผน"}, {})
    assert in_words_of_sheet(text, words, Language.EN) == shown
