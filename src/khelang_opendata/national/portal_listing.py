"""Plans on a CKAN portal: the datasets of an organisation or with a tag, and the release that each of them offers.

The portal is asked by its action ``package_search`` (https://docs.ckan.org/en/2.11/api/), without a token, a page at a
time. What it answers is not trusted: its size, time, form and counts are bounded. The fields of a dataset are those
that ``khelang publish`` writes.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

from khelang_opendata.diff.versioning import VERSION
from khelang_opendata.files.strict_json import JsonRefused, read_json
from khelang_opendata.model.failures import DataError, KhelangError, UsageError
from khelang_opendata.national.plan_sources import PlanSource, PublishedArchive, SourceKind
from khelang_opendata.published.portal_resources import PATH, SHA256
from khelang_opendata.standard.family import version_numbers
from khelang_opendata.standard.tables import JsonObject
from khelang_opendata.transport.addresses import page_of
from khelang_opendata.transport.fetching import FetchPolicy, fetch, shown_address

NO_PLAN = "dataset_no_plan"
"""The code of a dataset that offers no release: it is skipped."""

_ROWS = 100
"""Datasets of a page; CKAN gives 1,000 at most (ckan.search.rows_max)."""

_MOST_DATASETS = 100_000
_LARGEST_PAGE = 64 * 2**20
_PAGE_SECONDS, _LISTING_SECONDS = 60, 1_800
_LONGEST_VALUE = 200

_DATASET_NAME = re.compile(r"[A-Za-z0-9_-]{1,100}")
"""CKAN's names have 2 to 100 letters without capitals; its older versions took others."""

_ARCHIVE = re.compile(rf"[A-Za-z0-9][A-Za-z0-9_.-]*-v({VERSION.pattern})\.zip", re.IGNORECASE)
_HASH = re.compile("[0-9a-f]{64}")

_OF_PAGES_ONLY = ("page", "sort")
"""Parameters in the address of a portal's page that choose no dataset."""


class PortalSelection(NamedTuple):
    """The datasets of a portal that are looked at.

    ``portal`` is its address without a slash at the end; a dataset is of the organisation, if one is named, and has all
    tags.
    """

    portal: str
    organization: str
    tags: tuple[str, ...]

    @classmethod
    def of(cls, source: str) -> PortalSelection:
        """Read it from a source: ``ckan+`` and the address of a page of the portal that lists datasets.

        Such are ``https://portal/organization/NAME`` and ``https://portal/dataset?organization=NAME&tags=TAG``.

        Raises:
            UsageError: the address is of another form, or names neither an organisation nor a tag.
        """
        address = page_of(source)
        failure = UsageError("portal_source_unusable", source=shown_address(address))
        try:
            parts = urlsplit(address)
            query = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
        except ValueError:
            raise failure from None
        place, organizations = _divided(parts.path.rstrip("/"))
        organizations += [value for name, value in query if name == "organization"]
        tags = tuple(value for name, value in query if name == "tags")
        values = (*organizations, *tags)
        is_known = {name for name, _ in query} <= {"organization", "tags", *_OF_PAGES_ONLY}
        is_list_page = {"organization", "dataset"}.isdisjoint(place.split("/"))
        if not (is_known and is_list_page and values and len({*organizations}) <= 1):
            raise failure
        if not all(0 < len(value) <= _LONGEST_VALUE for value in values):
            raise failure
        return cls(f"{parts.scheme}://{parts.netloc}{place}", "".join(organizations[:1]), tags)

    def page_address(self, start: int) -> str:
        """The address of a page of the listing, which begins at a dataset; the order is the same in each."""
        chosen = [("organization", self.organization)] * bool(self.organization) + [("tags", tag) for tag in self.tags]
        filters = " ".join(f"{name}:{_phrase(value)}" for name, value in chosen)
        query = {"fq": filters, "rows": _ROWS, "start": start, "sort": "name asc"}
        return f"{self.portal}/api/3/action/package_search?{urlencode(query, quote_via=quote)}"


def _divided(path: str) -> tuple[str, list[str]]:
    """The path of a portal, and the organisation whose page a path is of."""
    place, _, last = path.rpartition("/")
    if place.endswith("/organization"):
        return place.removesuffix("/organization"), [unquote(last)]
    return (place if last == "dataset" else path), []


def plans_on_portal(root: str, folder: Path, policy: FetchPolicy) -> Iterator[PlanSource]:
    """The datasets of a portal, each with the release that it offers, or with the reason why it offers none.

    Where the portal does not list all of them, the last one has the key of the portal itself, and the failure.

    Args:
        root: the source that the user names.
        folder: where pages of the listing are kept for a moment.
        policy: what a download may take; a page is smaller and faster than a release.
    """
    seen: set[str] = set()
    try:
        selection = PortalSelection.of(root)
        for dataset in _datasets(selection, folder / "listing.json", policy):
            if dataset["name"] not in seen:
                seen.add(dataset["name"])
                yield _source(dataset, selection, root)
    except KhelangError as error:
        yield PlanSource.failed(root, root, error)


def _datasets(selection: PortalSelection, place: Path, policy: FetchPolicy) -> Iterator[JsonObject]:
    """The datasets of all pages; one that the portal moved from page to page comes twice."""
    within = policy._replace(max_bytes=min(policy.max_bytes, _LARGEST_PAGE), seconds=min(policy.seconds, _PAGE_SECONDS))
    until = time.monotonic() + _LISTING_SECONDS
    start, found, count = 0, set[str](), 1
    while start < count:
        address = selection.page_address(start)
        fetch(address, place, within)
        page = _page(place, address)
        count = page.total
        if count > _MOST_DATASETS:
            raise DataError("portal_listing", "many", address=selection.portal, limit=_MOST_DATASETS)
        if time.monotonic() > until:
            raise DataError("portal_listing", "slow", address=selection.portal, seconds=_LISTING_SECONDS)
        yield from page.datasets
        found.update(dataset["name"] for dataset in page.datasets)
        start += len(page.datasets)
        if not page.datasets:
            break
    if not found:
        raise DataError("portal_listing", "empty", address=selection.portal)
    if len(found) < count:
        raise DataError("portal_listing", "incomplete", address=selection.portal, found=len(found), count=count)


class _ListingPage(NamedTuple):
    total: int
    datasets: list[JsonObject]


def _page(place: Path, address: str) -> _ListingPage:
    """A page as the action gives it; DataError where it is anything else."""
    try:
        answer = read_json(place.read_bytes())
        total, datasets = answer["result"]["count"], answer["result"]["results"]
        is_whole = answer["success"] is True and type(total) is int and total >= 0 and len(datasets) <= _ROWS
        if is_whole and all(_DATASET_NAME.fullmatch(dataset["name"]) for dataset in datasets):
            return _ListingPage(total, datasets)
    except (JsonRefused, KeyError, TypeError):
        pass
    raise DataError("portal_listing", "form", address=shown_address(address))


def _source(dataset: JsonObject, selection: PortalSelection, root: str) -> PlanSource:
    key = f"{selection.portal}/dataset/{dataset['name']}"
    try:
        return PlanSource(key, root, SourceKind.ADDRESS, Path(key), archive=_offered(dataset, key))
    except DataError as error:
        return PlanSource.failed(key, root, error)


def _offered(dataset: JsonObject, key: str) -> PublishedArchive:
    """The archive of the latest release of a dataset that is not withdrawn.

    ``khelang publish`` keeps the archives of all releases, and the single files of the latest that is not withdrawn:
    their version says which it is. Where someone uploaded archives by hand, there are no single files.

    Raises:
        DataError: the dataset has no archive of a release (:data:`NO_PLAN`), all are withdrawn, or that of the latest
            is missing.
    """
    resources = dataset.get("resources")
    archives, current, is_ours = dict[str, PublishedArchive](), set[str](), False
    for one in resources if isinstance(resources, list) else ():
        if not isinstance(one, dict):
            continue
        path, version = _text(one.get(PATH)), _text(one.get("version"))
        is_ours = is_ours or bool(path)
        if named := _ARCHIVE.fullmatch(path or _last_part(_text(one.get("url")))):
            archives.setdefault(named[1], _archive(one, key))
        elif path and VERSION.fullmatch(version):
            current.add(version)
    if not archives:
        raise DataError(NO_PLAN, address=key)
    if is_ours and not current:
        raise DataError("source_withdrawn", path=key)
    newest = max(current or archives, key=version_numbers)
    if newest not in archives:
        raise DataError("dataset_incomplete", address=key, version=newest)
    return archives[newest]


def _archive(resource: JsonObject, key: str) -> PublishedArchive:
    hash_ = _text(resource.get(SHA256))
    try:
        address = urljoin(f"{key}/", _text(resource.get("url")))
    except ValueError:
        address = ""  # a download from it fails
    return PublishedArchive(address, hash_ if _HASH.fullmatch(hash_) else "")


def _last_part(address: str) -> str:
    return unquote(address.partition("?")[0].rpartition("/")[2])


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _phrase(value: str) -> str:
    """A value in a search of Solr, in which nothing acts as an operator."""
    return '"' + re.sub(r'(["\\])', r"\\\1", value) + '"'
