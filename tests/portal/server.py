"""Real CKAN portals for tests, each behind a proxy that can make its connections fail.

A `Site` is what portals share: PostgreSQL and Redis. A `Ckan` is one portal: databases, files, a search index and
a proxy of its own, an organisation with an editor, another one, and a user without any right. CKAN believes the
proxy's address to be its own, so its resources are downloaded through the proxy; `direct` goes round it.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import requests

from tests.portal.install import INSIDE, Installation, configuration, databases, environment, workplace
from tests.portal.proxy import Proxy
from tests.portal.services import Command, Postgres, Redis, Solr, bound, start, stop, wait_until

_SCHEMES = Path(__file__).with_name("schemes")
_SECONDS = 60


@dataclass(frozen=True)
class Variant:
    """A kind of portal: its dataset scheme, if it has one, and what else its configuration says."""

    name: str
    scheme: Path | None
    settings: Mapping[str, object] = field(default_factory=dict)

    @property
    def loads(self) -> bool:
        """Whether it copies tables into its DataStore, in the background."""
        return "xloader" in str(self.settings["ckan.plugins"])


def _thai(name: str, scheme: str, **settings: object) -> Variant:
    """Give a portal with a scheme of the folder schemes/ and its licences, which speaks Thai by default."""
    path = _SCHEMES / f"{scheme}.yaml"
    return Variant(
        name,
        path,
        {
            "ckan.plugins": "scheming_datasets datastore khelang_portal",
            "scheming.dataset_schemas": path.as_uri(),
            "licenses_group_url": f"file://{path.with_suffix('.licenses.json')}",
            "ckan.locale_default": "th",
            **settings,
        },
    )


THAI_GDC = _thai("thai_gdc", "thai_gdc")
STRICTER = _thai("stricter", "stricter", **{"ckan.locale_default": "en"})
SMALL = _thai("small", "thai_gdc", **{"ckan.max_resource_size": 1})
LOADING = _thai("loading", "thai_gdc", **{"ckan.plugins": "scheming_datasets datastore xloader khelang_portal"})
PLAIN = Variant("plain", None, {"ckan.plugins": "datastore"})
VARIANTS = {variant.name: variant for variant in (THAI_GDC, STRICTER, SMALL, LOADING, PLAIN)}


@dataclass(frozen=True)
class Site:
    """The services that portals share; each portal has its own databases."""

    installed: Installation
    folder: Path
    postgres: Postgres
    redis: Redis


@dataclass(frozen=True)
class Ckan:
    """A running portal.

    The editor may write in `org` and not in `other_org`; the reader may write nowhere; the administrator may do all.
    """

    url: str
    direct: str
    scheme: Path | None
    org: str
    org_id: str
    other_org: str
    other_org_id: str
    admin_token: str
    editor_token: str
    reader_token: str
    proxy: Proxy
    log: Path
    storage: Path
    solr: Solr

    def action(
        self, name: str, payload: Mapping[str, Any] | None = None, token: str | None = None, **more: Any
    ) -> requests.Response:
        """Call an action without the proxy; with `files`, the payload is sent as form fields."""
        sent = {"data": payload} if "files" in more else {"json": payload or {}}
        headers = {"Authorization": token} if token else {}
        url = f"{self.direct}/api/3/action/{name}"
        return requests.post(url, headers=headers, timeout=_SECONDS, **sent, **more)

    def result(self, name: str, payload: Mapping[str, Any] | None = None, token: str | None = None, **more: Any) -> Any:
        """Call an action that must succeed, as the administrator unless a token is given."""
        answer = self.action(name, payload, token or self.admin_token, **more)
        assert answer.ok, f"{name}: {answer.status_code} {answer.text}"
        return answer.json()["result"]

    def download(self, resource: Mapping[str, Any], token: str | None = None) -> bytes:
        """Download a resource's file without the proxy."""
        headers = {"Authorization": token} if token else {}
        answer = requests.get(resource["url"].replace(self.url, self.direct), headers=headers, timeout=_SECONDS)
        answer.raise_for_status()
        return answer.content

    def purge(self, dataset: str) -> None:
        """Remove a dataset for good, in the trash or not, if it is there."""
        answer = self.action("dataset_purge", {"id": dataset}, self.admin_token)
        assert answer.status_code in (200, 404), answer.text

    def stop_search(self) -> None:
        """Let CKAN's search index break off each connection."""
        self.solr.answering = False

    def start_search(self) -> None:
        self.solr.answering = True

    def make_user_token(self, role: str | None = None) -> str:
        """Give the token of a new user: an admin, editor or member of `org`, or one without any right."""
        name = f"user-{uuid4().hex[:12]}"
        self.result("user_create", {"name": name, "email": f"{name}@example.go.th", "password": uuid4().hex})
        if role:
            self.result("organization_member_create", {"id": self.org, "username": name, "role": role})
        return str(self.result("api_token_create", {"user": name, "name": "only"})["token"])

    def revoke(self, token: str) -> None:
        """Revoke a token; an expired one behaves the same."""
        self.result("api_token_revoke", {"token": token})


@contextmanager
def site(installed: Installation) -> Iterator[Site]:
    """Run the shared services."""
    with ExitStack() as running:
        folder = running.enter_context(workplace())
        postgres, redis = Postgres(folder), Redis(folder)
        postgres.copy(installed.cluster)
        running.callback(postgres.stop)
        postgres.start()
        running.callback(redis.stop)
        redis.start()
        yield Site(installed, folder, postgres, redis)


@contextmanager
def portal(shared: Site, variant: Variant) -> Iterator[Ckan]:
    """Run a portal of a kind, empty but for its accounts."""
    folder = shared.folder / variant.name
    (folder / "storage").mkdir(parents=True)
    for template in ("main", "datastore"):
        shared.postgres.run(f"CREATE DATABASE {variant.name}_{template} TEMPLATE {template};")
    with ExitStack() as running:
        proxy, solr = Proxy(), Solr(shared.installed.solr_schema)
        running.callback(proxy.stop)
        running.callback(solr.stop)
        # The port is taken here and handed down, so that no other process can take it.
        listening = running.enter_context(socket.create_server(("127.0.0.1", 0), backlog=128))
        proxy.target = listening.getsockname()[1]
        direct = f"http://127.0.0.1:{proxy.target}"
        ini = folder / "ckan.ini"
        addresses = {"ckan.site_url": proxy.url, "ckanext.xloader.site_url": direct, "solr_url": solr.url}
        ini.write_text(configuration(_settings(shared, variant, folder, addresses)), encoding="utf-8")
        running.enter_context(_serving(shared, folder, ini, listening))
        if variant.loads:
            running.enter_context(_working(shared, folder, ini))
        accounts = json.loads((folder / "accounts.json").read_text(encoding="utf-8"))
        yield Ckan(
            url=proxy.url,
            direct=direct,
            scheme=variant.scheme,
            proxy=proxy,
            log=folder / "ckan.log",
            storage=folder / "storage",
            solr=solr,
            **accounts,
        )


def _settings(shared: Site, variant: Variant, folder: Path, addresses: Mapping[str, str]) -> dict[str, object]:
    database = f"{variant.name}_main"
    return {
        **addresses,
        "SECRET_KEY": uuid4().hex,
        "ckan.site_id": variant.name,
        "ckan.storage_path": folder / "storage",
        "ckan.redis.url": shared.redis.url(list(VARIANTS).index(variant.name)),
        "ckanext.xloader.jobs_db.uri": shared.postgres.url(database),
        **databases(shared.postgres, database, f"{variant.name}_datastore"),
        **variant.settings,
    }


@contextmanager
def _serving(shared: Site, folder: Path, ini: Path, listening: socket.socket) -> Iterator[None]:
    """Run CKAN, once its accounts are made."""
    reported, log = folder / "accounts.json", folder / "ckan.log"
    command: Command = [shared.installed.python, INSIDE / "serve.py", ini, str(listening.fileno()), reported]
    environ = environment(shared.folder)
    process = start(bound(command), log, pass_fds=[listening.fileno()], env=environ, cwd=folder)
    try:
        wait_until(reported.exists, process, log)
        yield
    finally:
        stop(process)


@contextmanager
def _working(shared: Site, folder: Path, ini: Path) -> Iterator[None]:
    """Run the worker of background jobs, without the proxy."""
    command: Command = [shared.installed.python, INSIDE / "work.py", ini]
    process = start(bound(command), folder / "worker.log", env=environment(shared.folder), cwd=folder)
    try:
        yield
    finally:
        stop(process)
