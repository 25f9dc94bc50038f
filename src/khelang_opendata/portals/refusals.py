"""The failures of publishing that a caller distinguishes, or that carry more than their texts name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from khelang_opendata.model.failures import DataError, KhelangError, PortalError, UsageError

_MOST_NAMED = 50
"""Fields that a failure names in its text; a portal may demand any number."""


class FieldProblem(NamedTuple):
    """One value that a portal would refuse, or would store though it should not.

    ``code`` says what is wrong; ``label`` is the portal's own name of the field, ``allowed`` its legal values,
    ``limit`` the number that was not kept.
    """

    code: str
    field: str
    label: str
    value: str = ""
    allowed: tuple[str, ...] = ()
    limit: int = 0


class MetadataRefused(DataError):
    """Metadata that a portal demands are missing or wrong; ``problems`` holds all of them."""

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        names = [*dict.fromkeys(problem.field for problem in problems)]
        listed = [*names[:_MOST_NAMED], *(["…"] if len(names) > _MOST_NAMED else [])]
        super().__init__("metadata_refused", count=len(problems), fields=", ".join(listed))
        self.problems = tuple(problems)


class PortalMisused(PortalError, UsageError):
    """The address is wrong: it cannot be used, has moved, or has no CKAN."""


class PortalForbidden(PortalError):
    """The portal refuses a call (401, 403); ``variant`` says whether CKAN refuses, or a page, or it is a file."""

    def __init__(self, variant: str, **params: str | int | float) -> None:
        super().__init__("portal_forbidden", variant, **params)


class PortalNotFound(PortalError):
    """The portal has no such dataset, resource, organisation or file."""

    def __init__(self, **params: str | int | float) -> None:
        super().__init__("portal_not_found", **params)


class ActionUnknown(PortalError):
    """The portal lacks an action: its CKAN is old, or lacks the extension that brings it."""

    def __init__(self, **params: str | int | float) -> None:
        super().__init__("portal_lacks_action", **params)


class PortalConflict(PortalError):
    """The dataset changed since it was read: the lock of a revision no longer matches."""

    def __init__(self, **params: str | int | float) -> None:
        super().__init__("portal_conflict", **params)


class PortalTooSlow(PortalError):
    """A request exceeded its deadline; whether the portal carried it out is unknown."""

    def __init__(self, **params: str | int | float) -> None:
        super().__init__("portal_too_slow", **params)


class PortalInvalid(PortalError, DataError):
    """A portal refuses the values of some fields; ``variant`` names the cases that have a remedy of their own.

    ``fields`` holds the portal's messages by field, nested ones as ``resources[2].url``.
    """

    def __init__(self, variant: str, fields: Mapping[str, tuple[str, ...]], **params: str | int | float) -> None:
        super().__init__("portal_invalid", variant, **params)
        self.fields = fields


class FileTooLarge(PortalError, DataError):
    """A portal takes no files of this size."""

    def __init__(self, **params: str | int | float) -> None:
        super().__init__("file_too_large", **params)


class PortalChanged(DataError):
    """Others changed on a portal what a publication would overwrite; ``changes`` holds each ``Difference``."""

    def __init__(self, changes: Sequence[Any], name: str) -> None:
        super().__init__("portal_changed", count=len(changes), name=name)
        self.changes = tuple(changes)


class PortalStoresOtherwise(KhelangError):
    """A portal stores other values than it was sent; ``changes`` holds each ``Difference``."""

    def __init__(self, changes: Sequence[Any], name: str) -> None:
        super().__init__("portal_stores_otherwise", count=len(changes), name=name)
        self.changes = tuple(changes)


class PublicationStopped(KhelangError):
    """A publication failed on its way, for the reason ``cause``; ``variant`` says what the portal holds now."""

    def __init__(self, variant: str, cause: KhelangError, **params: str | int | float) -> None:
        super().__init__("publication_stopped", variant, **params)
        self.cause = cause
        self.exit_code = cause.exit_code
