"""``khelang harvest`` and ``khelang national``: all plans as one dataset."""

from __future__ import annotations

import atexit
import csv
import gc
import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from khelang_opendata.cli.common import PROBLEMS_IN_DATA, first_lines, language_option, limits, notice, print_text
from khelang_opendata.cli.help import HelpedCommand, HelpedGroup
from khelang_opendata.model.failures import UsageError
from khelang_opendata.model.wording import Language

if TYPE_CHECKING:
    from khelang_opendata.national.harvesting import Harvest

_DATASET = Path("national")
out_option = click.option("--out", type=click.Path(path_type=Path), default=_DATASET, show_default=True)


def _let_go_at_exit() -> None:
    """Let Python collect all objects at the end, which the command does not do: DuckDB reports what remains."""
    atexit.unregister(gc.freeze)


@click.command("harvest", cls=HelpedCommand)
@click.argument("sources", metavar="SOURCE...", nargs=-1)
@out_option
@click.option("--registry", type=click.Path(path_type=Path))
@click.option("--public-key", "key_files", type=click.Path(path_type=Path), multiple=True)
@click.option("--processes", type=click.IntRange(min=1))
@click.option("--dask", metavar="ADDRESS")
@click.option("--allow-private", is_flag=True)
@click.option("--mirror", metavar="ADDRESS")
@language_option
def harvest_command(
    sources: tuple[str, ...],
    out: Path,
    registry: Path | None,
    key_files: tuple[Path, ...],
    processes: int | None,
    dask: str | None,
    allow_private: bool,
    mirror: str | None,
    lang: Language,
) -> None:
    """Gather the plans of many local governments into one dataset."""
    _let_go_at_exit()
    from khelang_opendata.national import (  # noqa: PLC0415 (the help needs none)
        harvesting,
        mirrored_dataset,
        national_products,
        work_pool,
    )
    from khelang_opendata.national.delta_tables import NationalDataset  # noqa: PLC0415 (as above)
    from khelang_opendata.transport.fetching import FetchPolicy  # noqa: PLC0415 (as above)

    mirrored_dataset.check_places(out, mirror)
    listed = national_products.read_registry(registry) if registry else None
    keys = tuple(map(_public_key, key_files))
    cluster = work_pool.on_dask(dask) if dask else nullcontext(work_pool.processes(processes))
    with cluster as workers, _progress(lang) as progress:
        fetching = FetchPolicy(allow_private=allow_private)
        options = harvesting.HarvestOptions(date.today(), workers, keys, limits(), fetching, progress)
        done = harvesting.harvest(sources, out, options)
    lines = list(_summary(done, lang))
    if listed is not None:
        missing = national_products.write_missing(NationalDataset(out), listed)
        lines.append(notice("harvest_missing", lang, count=missing, path=str(out / national_products.MISSING)))
    print_text("".join(f"{line}\n" for line in lines))
    if mirror is not None:
        count = mirrored_dataset.mirror(out, mirror)
        print_text(notice("harvest_mirrored", lang, count=count, address=mirror) + "\n")
    if done.plans.counts()["refused"]:
        sys.exit(PROBLEMS_IN_DATA)


def _public_key(path: Path) -> str:
    from khelang_opendata.published.signature import read_public_key, require_library  # noqa: PLC0415 (few need it)

    require_library()
    return read_public_key(path)


@contextmanager
def _progress(language: Language, name: str = "harvest_progress") -> Iterator[Any]:
    """What takes the number of plans or files that are done: a line on a terminal, which is written over."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    try:
        yield lambda count: print_text(f"\r{notice(name, language, count=count)}", err=True, styled=True)
    finally:
        print_text("\r\033[K", err=True, styled=True)


def _summary(done: Harvest, language: Language) -> Iterator[str]:
    """Each plan that is refused or skipped, if that is new, and what the harvest came to."""
    rows = done.plans.rows
    for state in ("refused", "skipped"):
        keys = [key for key, change in done.plans.changes.items() if change == state]
        lines = (
            notice(
                f"harvest_{state}",
                language,
                package=key,
                code=rows[key]["reason"],
                reason=rows[key][f"reason_{language}"],
            )
            for key in keys
        )
        yield from first_lines(lines, len(keys), language)
    counts, changes = done.plans.counts(), [*done.plans.changes.values()]
    states = {name: counts[name] for name in ("taken", "taken_with_warnings", "refused", "skipped", "absent")}
    changed = {name: changes.count(name) for name in ("added", "updated")}
    yield notice("harvest_summary", language, packages=len(rows), snapshot=done.snapshot.number, **states, **changed)


@click.group("national", cls=HelpedGroup)
@language_option
def national_group(lang: Language) -> None:
    """The dataset of all plans."""


@national_group.command("query")
@click.argument("sql", metavar="[SQL]", required=False)
@out_option
@click.option("--question", metavar="NAME")
@click.option("--format", "format_", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
@language_option
def query_command(sql: str | None, out: Path, question: str | None, format_: str, lang: Language) -> None:
    """Ask the dataset by SQL, or one of the ready questions."""
    _let_go_at_exit()
    from khelang_opendata.national import querying  # noqa: PLC0415 (the help does not need it)

    if (sql is None) == (question is None):
        raise UsageError("query_not_one", count=0 if sql is None else 2)
    result = querying.query(out, querying.question(question) if question else str(sql))
    if format_ == "json":
        rows = [dict(zip(result.columns, row, strict=True)) for row in result.rows]
        print_text(json.dumps(rows, ensure_ascii=False, default=str) + "\n")
    else:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\n").writerows([result.columns, *result.rows])
        print_text(text.getvalue())
    if result.is_cut:
        print_text(notice("query_cut", lang, count=len(result.rows)) + "\n", err=True)


@national_group.command("site")
@click.argument("dataset", metavar="[NATIONAL]", type=click.Path(path_type=Path), default=_DATASET)
@click.option("--out", type=click.Path(path_type=Path), default=Path("public"), show_default=True)
@click.option("--registry", type=click.Path(path_type=Path))
@click.option("--base-url", metavar="URL")
@click.option("--dataset-url", metavar="URL")
@click.option("--dry-run", is_flag=True)
@language_option
def site_command(
    dataset: Path,
    out: Path,
    registry: Path | None,
    base_url: str | None,
    dataset_url: str | None,
    dry_run: bool,
    lang: Language,
) -> None:
    """Make the site of all plans."""
    _let_go_at_exit()
    from khelang_opendata.cli.site_pages import can_draw, show_progress  # noqa: PLC0415 (the help needs none)
    from khelang_opendata.national import national_products, site_answers  # noqa: PLC0415 (as above)
    from khelang_opendata.portals.folder import checked_base, checked_link  # noqa: PLC0415 (as above)
    from khelang_opendata.portals.paged_folder import publish_planned  # noqa: PLC0415 (as above)
    from khelang_opendata.site.nation import nation_of  # noqa: PLC0415 (as above)
    from khelang_opendata.site.nation_pages import NATION, NationOptions, nation_files  # noqa: PLC0415 (loads jinja2)

    address = checked_base(base_url) if base_url is not None else None
    of_dataset = checked_link(dataset_url) if dataset_url is not None else None
    listed = national_products.read_registry(registry) if registry else None
    show_progress("site_reads", lang, path=str(dataset))
    found = site_answers.site_answers(dataset)
    nation = nation_of(found, listed, national_products.without_plan(found.rows["packages"], listed or ()))
    files = nation_files(nation, NationOptions(address, of_dataset, has_charts=can_draw(lang)))
    with _progress(lang, "national_site_progress") as progress:
        done = publish_planned(files, out, NATION, dry_run=dry_run, progress=progress)
    name = "national_site_dry_run" if dry_run else "national_site_made"
    counts = {"written": len(done.written), "unchanged": done.unchanged, "removed": len(done.removed)}
    print_text(notice(name, lang, path=str(out / "index.html"), plans=len(nation.plans), **counts) + "\n")
    if listed is None and (dataset / national_products.MISSING).is_file():
        print_text(notice("national_site_registry", lang, path=national_products.MISSING) + "\n", err=True)
