"""Fill a new portal with users and organisations and serve it; CKAN's own interpreter runs this.

python serve.py INI SOCKET ACCOUNTS: CKAN's configuration, the number of the open socket to listen on, and the JSON
file that the accounts are written to when all is ready. It is the server that `ckan run --threaded` is.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from ckan import model  # type: ignore[import-not-found]
from ckan.cli import load_config  # type: ignore[import-not-found]
from ckan.config.middleware import make_app  # type: ignore[import-not-found]
from ckan.plugins.toolkit import config, get_action  # type: ignore[import-not-found]
from werkzeug.serving import make_server  # type: ignore[import-not-found]


def _user(name: str, **more: Any) -> str:
    """Give the API token of a new user."""
    user = model.User(name=name, email=f"{name}@example.go.th", password="khelang-portal", **more)  # noqa: S106
    model.Session.add(user)
    model.Session.commit()
    created = get_action("api_token_create")({"ignore_auth": True, "user": name}, {"user": name, "name": "first"})
    return str(created["token"])


def _organisation(name: str, title: str, *editors: str) -> str:
    """Give the id of a new organisation."""
    users = [{"name": editor, "capacity": "editor"} for editor in editors]
    given = {"name": name, "title": title, "users": users}
    return str(get_action("organization_create")({"ignore_auth": True, "user": "admin"}, given)["id"])


def accounts() -> dict[str, str]:
    """Give the tokens and the organisations of a portal that was empty."""
    tokens = {
        "admin_token": _user("admin", sysadmin=True),
        "editor_token": _user("editor"),
        "reader_token": _user("reader"),
    }
    return {
        **tokens,
        "org": "khelang-nakhon",
        "org_id": _organisation("khelang-nakhon", "เทศบาลเมืองเขลางค์นคร", "editor"),
        "other_org": "lampang-nakhon",
        "other_org_id": _organisation("lampang-nakhon", "เทศบาลนครลำปาง"),
    }


def main(ini: str, listening: str, reported: str) -> None:
    app = make_app(load_config(ini))
    with app._wsgi_app.test_request_context():
        made = accounts()
    config["ckanext.xloader.api_token"] = made["admin_token"]
    server = make_server("127.0.0.1", 0, app, threaded=True, fd=int(listening))
    beside = Path(reported).with_suffix(".new")
    beside.write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
    beside.rename(reported)
    server.serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
