"""The metadata that each kind of portal requires: ``portal_profiles/<name>.yaml``, which may extend another profile.

The rules on a plan and the publisher read the same files, so that a plan is refused before it is sent.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from khelang_opendata.standard.tables import JsonObject

_FOLDER = Path(__file__).with_name("portal_profiles")


@cache
def portal_profile(name: str) -> JsonObject:
    """The content of a profile, merged into the profile that it extends.

    Args:
        name: the name of its file, without the ending.
    """
    import yaml  # noqa: PLC0415 (24 ms to import, and only a plan for a portal needs it)

    content: JsonObject = yaml.safe_load((_FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))
    base = content.pop("extends", None)
    return _merged(portal_profile(base), content) if base else content


def _merged(base: JsonObject, extension: JsonObject) -> JsonObject:
    merged: dict[str, Any] = {**base, **extension}
    both = (name for name in extension if isinstance(extension[name], dict) and isinstance(base.get(name), dict))
    return merged | {name: _merged(base[name], extension[name]) for name in both}
