"""The failures of publishing that a caller handles by class, or that carry more than the parameters of their texts.

A class is named after the failure code in ``failures.json`` where it has one code only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from khelang_opendata.model.failures import DataError, KhelangError, PortalError, UsageError

_MAX_NAMES = 50
"""The most fields that a message lists; a portal may require any number."""


class FieldProblem(NamedTuple):
    """A value that a portal would refuse, or would store although it is wrong.

    Attributes:
        code: the kind of problem; its text is the notice ``metadata_<code>``.
        field: the field's name.
        label: the field's label in the portal's form.
        value: the value.
        allowed: the field's choices.
        limit: the length that the value exceeds or does not reach.
    """

    code: str
    field: str
    label: str
    value: str = ""
    allowed: tuple[str, ...] = ()
    limit: int = 0


class MetadataRefused(DataError):
    """Metadata that the portal requires are missing or wrong; ``problems`` holds all of them."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        names = [*dict.fromkeys(problem.field for problem in problems)]
        listed = [*names[:_MAX_NAMES], *(["…"] if len(names) > _MAX_NAMES else [])]
        super().__init__("metadata_refused", count=len(problems), fields=", ".join(listed))
        self.problems = tuple(problems)


class PortalMisused(PortalError, UsageError):
    """The portal's address is invalid, redirects elsewhere, or belongs to no CKAN."""


class PortalForbidden(PortalError):
    """The portal refuses a request (401, 403).

    ``variant`` is ``action`` if CKAN refuses it, ``page`` if another server does, ``file`` for a download.
    """

    def __init__(self, variant: str, **params: str | int | float) -> None:
        super().__init__("portal_forbidden", variant, **params)


class PortalNotFound(PortalError):
    """The portal has no such dataset, resource, organisation or file (404)."""

    def __init__(self, **params: str | int | float) -> None:
        super().__init__("portal_not_found", **params)


class PortalLacksAction(PortalError):
    """The portal lacks an action: its CKAN is older, or the extension is not installed."""

    def __init__(self, **params: str | int | float) -> None:
        super().__init__("portal_lacks_action", **params)


class PortalConflict(PortalError):
    """The dataset changed after it was read: ``match`` of ``package_revise`` no longer matches."""

    def __init__(self, **params: str | int | float) -> None:
        super().__init__("portal_conflict", **params)


class PortalTooSlow(PortalError):
    """A request exceeded its deadline; whether the portal executed it is unknown."""

    def __init__(self, **params: str | int | float) -> None:
        super().__init__("portal_too_slow", **params)


class PortalInvalid(PortalError, DataError):
    """The portal refuses the values of some fields (CKAN's ``ValidationError``).

    ``variant`` names the cases with a remedy of their own. ``fields`` holds the portal's messages by field; a nested
    field is named as in ``resources[2].url``.
    """

    def __init__(self, variant: str, fields: Mapping[str, tuple[str, ...]], **params: str | int | float) -> None:
        super().__init__("portal_invalid", variant, **params)
        self.fields = fields


class FileTooLarge(PortalError, DataError):
    """The portal accepts no files of this size."""

    def __init__(self, **params: str | int | float) -> None:
        super().__init__("file_too_large", **params)


class PortalChanged(DataError):
    """Someone else changed values that a publication would overwrite; ``changes`` holds each ``Difference``."""

    def __init__(self, changes: Sequence[Any], name: str) -> None:
        super().__init__("portal_changed", count=len(changes), name=name)
        self.changes = tuple(changes)


class PortalStoresOtherwise(KhelangError):
    """The portal stores other values than those sent; ``changes`` holds each ``Difference``."""

    def __init__(self, changes: Sequence[Any], name: str) -> None:
        super().__init__("portal_stores_otherwise", count=len(changes), name=name)
        self.changes = tuple(changes)


class PublicationStopped(KhelangError):
    """A publication failed after its first change; ``cause`` is the reason, ``variant`` the dataset's state now."""

    def __init__(self, variant: str, cause: KhelangError, **params: str | int | float) -> None:
        super().__init__("publication_stopped", variant, **params)
        self.cause = cause
        self.exit_code = cause.exit_code
