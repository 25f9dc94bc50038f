"""The plugin that makes a CKAN with ckanext-scheming behave like a Thai catalogue; CKAN's own interpreter loads it.

What the thai_gdc extension adds to CKAN's validators, written anew: no two datasets share a title, a dataset's
name has 70 characters at most, and tags may be written in Thai, whose vowels and tone marks are no "word
characters" to CKAN.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import count
from typing import Any

from ckan import model  # type: ignore[import-not-found]
from ckan.logic import validators as core  # type: ignore[import-not-found]
from ckan.plugins import IValidators, SingletonPlugin, implements, toolkit  # type: ignore[import-not-found]

_TAG = re.compile(r"[\u0e01-\u0e59\w .-]*")
_NAME_LENGTH = 70


class KhelangPortal(SingletonPlugin):  # type: ignore[misc]
    """The validators of a Thai catalogue."""

    implements(IValidators)

    def get_validators(self) -> dict[str, Callable[..., Any]]:
        return {
            "package_name_validator": package_name_validator,
            "package_title_validator": package_title_validator,
            "tag_name_validator": tag_name_validator,
            "tag_string_convert": tag_string_convert,
        }


def package_title_validator(key: Any, data: Any, errors: Any, context: Any) -> None:
    """Refuse a title that another dataset has which is not in the trash."""
    package = context.get("package")
    same = model.Session.query(model.Package.id).filter_by(title=data[key], type="dataset")
    same = same.filter(model.Package.state != model.State.DELETED)
    if package:
        same = same.filter(model.Package.id != package.id)
    if same.first():
        errors[key].append("That title is already in use.")


def package_name_validator(key: Any, data: Any, errors: Any, context: Any) -> None:
    """Refuse what CKAN refuses, and a name of more than 70 characters."""
    core.package_name_validator(key, data, errors, context)
    if len(data[key]) > _NAME_LENGTH:
        errors[key].append(f'Name "{data[key]}" length is more than maximum {_NAME_LENGTH}')


def tag_name_validator(value: Any, context: Any) -> Any:
    """Refuse what is neither Thai nor allowed by CKAN."""
    if not _TAG.fullmatch(value):
        raise toolkit.Invalid(f'Tag "{value}" must be alphanumeric characters or symbols: -_.')
    return value


def tag_string_convert(key: Any, data: Any, errors: Any, context: Any) -> None:
    """Add the tags of a text with commas to those that the dataset is given."""
    tags = [tag.strip() for tag in data[key].split(",") if tag.strip()]
    taken = [int(k[1]) for k in data if len(k) == 3 and k[0] == "tags"]
    for number, tag in zip(count(max(taken, default=-1) + 1), tags, strict=False):
        core.tag_length_validator(tag, context)
        data["tags", number, "name"] = tag_name_validator(tag, context)
