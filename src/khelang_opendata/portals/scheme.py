"""The fields that a CKAN portal requires of a dataset, read from it at run time (ckanext-scheming)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from khelang_opendata.model.thai import ascii_text
from khelang_opendata.model.wording import Language
from khelang_opendata.standard.tables import JsonObject

CORE_FIELDS = (
    "name",
    "title",
    "owner_org",
    "notes",
    "tag_string",
    "license_id",
    "url",
    "version",
    "author",
    "author_email",
    "maintainer",
    "maintainer_email",
)
"""The fields that every data set of CKAN has (its API guide, ``package_create``); a plain portal has no others."""

_REQUIRED = {"name", "title", "owner_org"}
_LIST_PRESETS = {"multiple_checkbox", "multiple_select", "multiple_text"}
_LIST_VALIDATORS = {"scheming_multiple_choice", "scheming_multiple_text"}
_DATE_VALIDATORS = {"isodate", "scheming_isodatetime", "scheming_isodatetime_tz"}
_DATE_PRESETS = {"date", "datetime", "datetime_tz"}
_UNSEEN = re.compile("[\\s\u200b-\u200d\u2060\ufeff]+")


@dataclass(frozen=True)
class Choice:
    """A legal value, and what the portal shows for it."""

    value: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class SchemeField:
    """One field as a portal has it.

    Attributes:
        name: its key in the API.
        label: what the portal's form calls it, in Thai if the portal gives it.
        required: whether a data set without it is refused.
        legal: its legal values; None where any is.
        is_list: whether it holds several values.
        is_date: whether it holds a day.
        is_email: whether it holds an e-mail address.
        is_url: whether it holds the address of a page.
    """

    name: str
    label: str
    required: bool = False
    legal: tuple[Choice, ...] | None = None
    is_list: bool = False
    is_date: bool = False
    is_email: bool = False
    is_url: bool = False

    @property
    def choices(self) -> tuple[str, ...] | None:
        """The legal values as they are stored; None where any value is legal."""
        return None if self.legal is None else tuple(choice.value for choice in self.legal)

    def spelling_of(self, text: str) -> str | None:
        """A legal value as the portal spells it, whatever the spaces, digits and capitals; None if it is not legal.

        The label that the portal shows for a value is accepted, too.
        """
        if self.legal is None or text in (self.choices or ()):
            return text
        wanted = same_key(text)
        values = (choice.value for choice in self.legal if same_key(choice.value) == wanted)
        shown = (choice.value for choice in self.legal if wanted in map(same_key, choice.labels))
        return next(values, None) or next(shown, None)


@dataclass(frozen=True)
class Scheme:
    """What a portal demands.

    Attributes:
        fields: a data set's, by name.
        resource_fields: a file's, by name; only those that the portal adds to CKAN's own on a plain one: none.
        is_plain: whether the portal has no scheme, so that further facts are ``extras``.
    """

    fields: Mapping[str, SchemeField]
    resource_fields: Mapping[str, SchemeField]
    is_plain: bool

    @classmethod
    def of(cls, result: JsonObject, licences: Sequence[JsonObject]) -> Scheme:
        """Build the scheme from a portal's answers.

        Args:
            result: what ``scheming_dataset_schema_show`` answers for the type ``dataset``.
            licences: what ``license_list`` answers.
        """
        fields = {field.name: field for field in map(_field, result["dataset_fields"])}
        licence = fields.get("license_id")
        if licence and licence.legal is None and licences:
            fields["license_id"] = _with_licences(licence, licences)
        resource_fields = {field.name: field for field in map(_field, result.get("resource_fields") or ())}
        return cls(fields, resource_fields, is_plain=False)

    @classmethod
    def plain(cls, licences: Sequence[JsonObject]) -> Scheme:
        """What CKAN demands by itself."""
        fields = {name: _core_field(name) for name in CORE_FIELDS}
        if licences:
            fields["license_id"] = _with_licences(fields["license_id"], licences)
        return cls(fields, {}, is_plain=True)


def same_key(text: str) -> str:
    """What two spellings of a value have in common: neither spaces, nor capitals, nor the script of digits count."""
    return _UNSEEN.sub("", unicodedata.normalize("NFKC", ascii_text(text))).casefold()


def _core_field(name: str) -> SchemeField:
    return SchemeField(name, name, name in _REQUIRED, is_email=name.endswith("_email"), is_url=name == "url")


def _field(field: JsonObject) -> SchemeField:
    name = str(field["field_name"])
    validators = set(re.findall(r"\w+", str(field.get("validators", ""))))
    preset = field.get("preset")
    return SchemeField(
        name,
        _label(field.get("label"), name),
        required=bool(field.get("required")) or "not_empty" in validators,
        legal=_legal(field.get("choices")),
        is_list=preset in _LIST_PRESETS or bool(validators & _LIST_VALIDATORS),
        is_date=preset in _DATE_PRESETS or bool(validators & _DATE_VALIDATORS),
        is_email="email_validator" in validators or field.get("display_snippet") == "email.html",
        is_url="url_validator" in validators or name == "url",
    )


def _legal(choices: Any) -> tuple[Choice, ...] | None:
    if not choices:
        return None
    return tuple(Choice(_text(choice["value"]), tuple(_labels(choice.get("label")))) for choice in choices)


def _with_licences(field: SchemeField, licences: Iterable[JsonObject]) -> SchemeField:
    legal = tuple(Choice(str(licence["id"]), tuple(_labels(licence.get("title")))) for licence in licences)
    return SchemeField(field.name, field.label, field.required, legal)


def _labels(label: Any) -> list[str]:
    """A label's texts: it is one text, or one for each language."""
    if isinstance(label, dict):
        return [str(text) for text in label.values() if text]
    return [str(label)] if label else []


def _text(value: Any) -> str:
    """A value as CKAN stores it; a choice without one means that nothing is chosen."""
    return "" if value is None else str(value)


def _label(label: Any, name: str) -> str:
    if isinstance(label, dict):
        return str(label.get(Language.TH) or label.get(Language.EN) or name)
    return str(label or name)
