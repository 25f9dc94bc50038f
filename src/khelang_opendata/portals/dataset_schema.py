"""The fields of a portal's datasets and resources, read from the portal at run time (ckanext-scheming).

Source: https://github.com/ckan/ckanext-scheming (its README describes the keys of a field), and CKAN's API guide.
"""

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
"""The fields of every CKAN dataset (API guide, ``package_create``); a portal without scheming has no others."""

_REQUIRED = {"name", "title", "owner_org"}
_LIST_PRESETS = {"multiple_checkbox", "multiple_select", "multiple_text"}
_LIST_VALIDATORS = {"scheming_multiple_choice", "scheming_multiple_text"}
_DATE_VALIDATORS = {"isodate", "scheming_isodatetime", "scheming_isodatetime_tz"}
_DATE_PRESETS = {"date", "datetime", "datetime_tz"}
_INVISIBLE = re.compile("[\\s\u200b-\u200d\u2060\ufeff]+")


@dataclass(frozen=True)
class Choice:
    """A choice of a field: the stored value and its labels in the portal's form."""

    value: str
    labels: tuple[str, ...]


@dataclass(frozen=True)
class SchemaField:
    """A field of a dataset or resource.

    Attributes:
        name: the key in the API.
        label: the label in the portal's form, in Thai where the portal has a Thai label.
        required: whether the portal refuses a dataset without the field.
        choices: the allowed values; None allows any value.
        is_list: whether the field holds several values.
        is_date: whether the field holds a date.
        is_email: whether the field holds an e-mail address.
        is_url: whether the field holds a web address.
    """

    name: str
    label: str
    required: bool = False
    choices: tuple[Choice, ...] | None = None
    is_list: bool = False
    is_date: bool = False
    is_email: bool = False
    is_url: bool = False

    @property
    def choice_values(self) -> tuple[str, ...] | None:
        """The allowed values as the portal stores them; None allows any value."""
        return None if self.choices is None else tuple(choice.value for choice in self.choices)

    def match_choice(self, text: str) -> str | None:
        """Return the choice that a text names by its value or by a label; None if no choice matches.

        Spaces, capitals and the script of digits do not count, because portals spell the same choice differently.
        """
        if self.choices is None or text in (self.choice_values or ()):
            return text
        key = comparison_key(text)
        by_value = (choice.value for choice in self.choices if comparison_key(choice.value) == key)
        by_label = (choice.value for choice in self.choices if key in map(comparison_key, choice.labels))
        return next(by_value, None) or next(by_label, None)


@dataclass(frozen=True)
class DatasetSchema:
    """The schema of a portal's datasets.

    Attributes:
        fields: the dataset's fields by name.
        resource_fields: the fields that the portal adds to CKAN's own fields of a resource, by name.
        is_plain: whether the portal runs without scheming, so that further fields go into ``extras``.
    """

    fields: Mapping[str, SchemaField]
    resource_fields: Mapping[str, SchemaField]
    is_plain: bool

    @classmethod
    def from_scheming(cls, result: JsonObject, licences: Sequence[JsonObject]) -> DatasetSchema:
        """Build the schema from a portal's responses.

        Args:
            result: the result of ``scheming_dataset_schema_show`` for the type ``dataset``.
            licences: the result of ``license_list``.

        Returns:
            The schema; its field ``license_id`` has the portal's licences as choices, unless scheming sets others.
        """
        fields = {field.name: field for field in map(_field, result["dataset_fields"])}
        licence = fields.get("license_id")
        if licence and licence.choices is None and licences:
            fields["license_id"] = _with_licences(licence, licences)
        resource_fields = {field.name: field for field in map(_field, result.get("resource_fields") or ())}
        return cls(fields, resource_fields, is_plain=False)

    @classmethod
    def ckan_core(cls, licences: Sequence[JsonObject]) -> DatasetSchema:
        """Return the schema of a portal without scheming.

        Args:
            licences: the result of ``license_list``.
        """
        fields = {name: _core_field(name) for name in CORE_FIELDS}
        if licences:
            fields["license_id"] = _with_licences(fields["license_id"], licences)
        return cls(fields, {}, is_plain=True)


def comparison_key(text: str) -> str:
    """Return a text without spaces, capitals and differences between the scripts of digits."""
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", ascii_text(text))).casefold()


def _core_field(name: str) -> SchemaField:
    return SchemaField(name, name, name in _REQUIRED, is_email=name.endswith("_email"), is_url=name == "url")


def _field(field: JsonObject) -> SchemaField:
    name = str(field["field_name"])
    validators = set(re.findall(r"\w+", str(field.get("validators", ""))))
    preset = field.get("preset")
    return SchemaField(
        name,
        _label(field.get("label"), name),
        required=bool(field.get("required")) or "not_empty" in validators,
        choices=_choices(field.get("choices")),
        is_list=preset in _LIST_PRESETS or bool(validators & _LIST_VALIDATORS),
        is_date=preset in _DATE_PRESETS or bool(validators & _DATE_VALIDATORS),
        is_email="email_validator" in validators or field.get("display_snippet") == "email.html",
        is_url="url_validator" in validators or name == "url",
    )


def _choices(choices: Any) -> tuple[Choice, ...] | None:
    """Return the choices of a field; a choice with the value None means an empty field."""
    if not choices:
        return None
    return tuple(
        Choice("" if choice["value"] is None else str(choice["value"]), tuple(_labels(choice.get("label"))))
        for choice in choices
    )


def _with_licences(field: SchemaField, licences: Iterable[JsonObject]) -> SchemaField:
    choices = tuple(Choice(str(licence["id"]), tuple(_labels(licence.get("title")))) for licence in licences)
    return SchemaField(field.name, field.label, field.required, choices)


def _labels(label: Any) -> list[str]:
    """Return the texts of a label, which is one text or an object with one text for each language."""
    if isinstance(label, dict):
        return [str(text) for text in label.values() if text]
    return [str(label)] if label else []


def _label(label: Any, name: str) -> str:
    if isinstance(label, dict):
        return str(label.get(Language.TH) or label.get(Language.EN) or name)
    return str(label or name)
