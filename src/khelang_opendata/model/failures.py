"""Failures of the tool or its surroundings, and wrong calls."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from khelang_opendata.model.report import Params, Report
from khelang_opendata.version import __version__

_LONGEST_REASON = 500

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


class KhelangError(Exception):
    """A failure of the tool or its surroundings, or a wrong call; never a problem of the data.

    ``code`` is an entry of ``rules.json`` under ``failures``; ``params`` are the values its texts name.
    """

    code = "internal"

    def __init__(self, **params: str | int | float) -> None:
        super().__init__(self.code, params)
        self.params: Params = params

    def __reduce__(self) -> tuple[Any, ...]:
        """Let it cross from one process to another, which exceptions with keywords cannot by themselves."""
        return _remade, (type(self), self.args, self.__dict__)


def _remade(kind: type[KhelangError], args: tuple[Any, ...], state: dict[str, Any]) -> KhelangError:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class InternalError(KhelangError):
    """The tool failed in a way that it does not expect; the exception that it met is the ``__cause__``."""

    code = "internal"

    @classmethod
    def of(cls, error: BaseException) -> InternalError:
        """The failure that an unexpected exception becomes."""
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        failure = cls(reason=reason[:_LONGEST_REASON], version=__version__)
        failure.__cause__ = error
        return failure


class UsageError(KhelangError):
    """The tool was called wrongly (exit code 2)."""


class PackageNotFound(UsageError):
    """There is no folder at the given path."""

    code = "package_not_found"


class RuleUnknown(UsageError):
    """``rules.json`` has no rule of this code."""

    code = "rule_unknown"


class LimitInvalid(UsageError):
    """An environment variable sets a limit that there is not, or to no whole number."""

    code = "limit_invalid"


class OutputRefused(UsageError):
    """Writing to the path that the user named would destroy data; ``variant`` says why."""

    code = "output_refused"

    def __init__(self, variant: str, **params: str | int | float) -> None:
        super().__init__(variant=variant, **params)


class PathUnsafe(KhelangError):
    """A file would be written outside its folder; the package or the release was made so."""

    code = "path_unsafe"


class CommitInvalid(UsageError):
    """A commit is not named by its whole hash."""

    code = "commit_invalid"


class DateInvalid(UsageError):
    """A day is not written YYYY-MM-DD, or not one that a release can have; ``variant`` says in which way."""

    code = "date_invalid"

    def __init__(self, variant: str = "range", **params: str | int | float) -> None:
        super().__init__(variant=variant, **params)


class OutputOfAnotherPlan(UsageError):
    """The folder of releases is that of another plan."""

    code = "output_of_another_plan"


class VersionUnknown(UsageError):
    """There is no release of this version."""

    code = "version_unknown"


class ProfileUnknown(UsageError):
    """There is no profile of a portal of this name."""

    code = "profile_unknown"


class NoRelease(UsageError):
    """A folder is neither a release nor the folder of a plan's releases."""

    code = "no_release"


class ReleaseSuperseded(UsageError):
    """A release that was withdrawn, or is not the newest, was to be published."""

    code = "release_superseded"


class FolderRefused(UsageError):
    """A folder is none to publish into; ``variant`` says why."""

    code = "folder_refused"

    def __init__(self, variant: str, **params: str | int | float) -> None:
        super().__init__(variant=variant, **params)


class OutputFolderNeeded(UsageError):
    """Reports of several packages were asked for in a form of which only one fits a file."""

    code = "output_folder_needed"


class OutputExists(UsageError):
    """A file that somebody may have filled in stands where the output would go."""

    code = "output_exists"


class OutputFormUnknown(UsageError):
    """The ending of the output's name is none of a form that can be written."""

    code = "output_form_unknown"


class YearInvalid(UsageError):
    """A fiscal year is no year of the Buddhist era."""

    code = "year_invalid"


class YearOutsidePlan(UsageError):
    """The plan does not run in this fiscal year."""

    code = "year_outside_plan"


class ItaYearUnknown(UsageError):
    """The items of this year's ITA are not known."""

    code = "ita_year_unknown"


class KeyUnusable(UsageError):
    """A key to sign with, or to check a signature with, is not there or is none; ``variant`` says in which way."""

    code = "key_unusable"

    def __init__(self, variant: str, **params: str | int | float) -> None:
        super().__init__(variant=variant, **params)


class FileUnreadable(KhelangError):
    """A file of the package cannot be read (rights, device, encoding of its name)."""

    code = "file_unreadable"


class OutputUnwritable(KhelangError):
    """The output cannot be written: no rights, no space, or not a folder."""

    code = "output_unwritable"


class FolderUnwritable(OutputUnwritable):
    """The folder of a web server cannot be written; what stood there stands as it did."""

    code = "folder_unwritable"


class FolderDiffers(KhelangError):
    """What was published in a folder is not what the releases have; ``variant`` says in which way."""

    code = "folder_differs"

    def __init__(self, variant: str, **params: str | int | float) -> None:
        super().__init__(variant=variant, **params)


class ReleasesUnfinished(KhelangError):
    """What stands beside the releases is missing or does not tell of them as they are."""

    code = "releases_unfinished"


class WorkerDied(KhelangError):
    """A process that checked packages was killed."""

    code = "worker_died"


class ExtraMissing(KhelangError):
    """A library that only some users need is not installed; ``extra`` is the name it is installed by."""

    code = "extra_missing"


class ReleaseLocked(KhelangError):
    """Another release is being written into the same folder."""

    code = "release_locked"


class ReleaseUnlisted(KhelangError):
    """A release stands, but the index, an archive or another file beside it cannot be written."""

    code = "release_unlisted"


class ReleaseDamaged(KhelangError):
    """A written release does not read back as it was built, or an existing one was altered."""

    code = "release_damaged"


class PortalError(KhelangError):
    """A portal was not reached, or did not do what was asked.

    ``answer`` is what it said, fit to be shown; ``transient`` whether the same call may succeed a little later, and
    ``retry_after`` how many seconds the portal wants to be left alone until then.
    """

    transient = False
    retry_after = 0.0

    @property
    def answer(self) -> str:
        """What the portal said, shortened, without anything secret."""
        return str(self.params.get("answer", ""))


class PortalAddressUnusable(PortalError, UsageError):
    """The address of a portal cannot be used; ``variant`` says why."""

    code = "portal_address_unusable"

    def __init__(self, variant: str, **params: str | int | float) -> None:
        super().__init__(variant=variant, **params)


class PortalMoved(PortalError, UsageError):
    """A portal's interface answers that it stands elsewhere; a token is never sent after it."""

    code = "portal_moved"


class PortalNotCkan(PortalError, UsageError):
    """There is no CKAN at the address."""

    code = "portal_not_ckan"


class PortalUnreachable(PortalError):
    """No answer came, or not all of it; ``variant`` says how far it got."""

    code = "portal_unreachable"

    def __init__(self, variant: str, *, transient: bool, **params: str | int | float) -> None:
        super().__init__(variant=variant, **params)
        self.transient = transient


class PortalTooSlow(PortalError):
    """A request took longer than a request may; whether one that writes was carried out all the same is not known."""

    code = "portal_too_slow"


class PortalAnswerUnusable(PortalError):
    """The result of an action has not the form that CKAN gives it; ``variant`` says in which way."""

    code = "portal_answer_unusable"

    def __init__(self, variant: str, **params: str | int | float) -> None:
        super().__init__(variant=variant, **params)


class PortalDown(PortalError):
    """A portal is there and does not work as it should; ``variant`` says in which way."""

    code = "portal_down"
    transient = True

    def __init__(self, variant: str, **params: str | int | float) -> None:
        super().__init__(variant=variant, **params)


class PortalBusy(PortalError):
    """A portal was asked too often."""

    code = "portal_busy"
    transient = True


class PortalForbidden(PortalError):
    """A portal refuses a call (401, 403); ``variant`` tells whether CKAN does, or a page, or it is a file."""

    code = "portal_forbidden"

    def __init__(self, variant: str, **params: str | int | float) -> None:
        super().__init__(variant=variant, **params)


class TokenRefused(PortalError):
    """The portal does not know the token: it expired, was revoked, or is another portal's."""

    code = "token_refused"


class NoRight(PortalError):
    """The token's user may not write in the organisation."""

    code = "no_right"


class PortalNotFound(PortalError):
    """The portal has no such dataset, resource, organisation or file."""

    code = "portal_not_found"


class ActionUnknown(PortalError):
    """The portal lacks an action: its CKAN is old, or has not the extension that brings it."""

    code = "portal_lacks_action"


class PortalRejected(PortalError):
    """A portal cannot make sense of a call, or it did not arrive whole; ``variant`` tells which."""

    code = "portal_rejected"

    def __init__(self, variant: str, *, transient: bool, **params: str | int | float) -> None:
        super().__init__(variant=variant, **params)
        self.transient = transient


class PortalConflict(PortalError):
    """The dataset on the portal is not as it was when it was read: the lock of a revision no longer matches."""

    code = "portal_conflict"


class DownloadRefused(PortalError):
    """A file of a portal is not fetched; ``variant`` says why."""

    code = "download_refused"

    def __init__(self, variant: str, **params: str | int | float) -> None:
        super().__init__(variant=variant, **params)


class TokenMissing(UsageError):
    """Something is to be written to a portal, and nobody gave a token."""

    code = "token_missing"


class TokenUnusable(UsageError):
    """What should be a token is none, or its file is not safe; ``variant`` says why, never what it holds."""

    code = "token_unusable"

    def __init__(self, variant: str, **params: str | int | float) -> None:
        super().__init__(variant=variant, **params)


class DataRefused(KhelangError):
    """The data are in the way of what was asked (exit code 1)."""


class PackageInvalid(DataRefused):
    """A package with errors was to be released; ``report`` holds them."""

    code = "package_invalid"

    def __init__(self, report: Report) -> None:
        super().__init__(errors=report.errors)
        self.report = report


class WarningsUnacknowledged(DataRefused):
    """A package with warnings that no erratum explains was to be released; ``report`` holds them."""

    code = "warnings_unacknowledged"

    def __init__(self, report: Report) -> None:
        super().__init__(warnings=report.warnings)
        self.report = report


class NoteMissing(DataRefused):
    """Rows go or figures change since the last release, and no note says why."""

    code = "note_missing"


class DiffRefused(DataRefused):
    """Two packages cannot be compared row by row; ``variant`` says why."""

    code = "diff_refused"

    def __init__(self, variant: str, **params: str | int | float) -> None:
        super().__init__(variant=variant, **params)


class DescriptorError(DataRefused):
    """The descriptor cannot be used as it stands; ``variant`` says in which way."""

    code = "descriptor_invalid"

    def __init__(self, variant: str, **params: str | int | float) -> None:
        super().__init__(variant=variant, **params)


class ArchiveRefused(DataRefused):
    """A release that somebody else made is not safe to read, or no release; ``variant`` says why."""

    code = "archive_refused"

    def __init__(self, variant: str, **params: str | int | float) -> None:
        super().__init__(variant=variant, **params)


class FormRefused(DataRefused):
    """The data do not fit into one of the forms of a release; ``variant`` says what is too much for it."""

    code = "form_refused"

    def __init__(self, variant: str, **params: str | int | float) -> None:
        super().__init__(variant=variant, **params)


class MetadataRefused(DataRefused):
    """What a portal demands of a data set is missing or wrong; ``problems`` holds all of it."""

    code = "metadata_refused"

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        names = [*dict.fromkeys(problem.field for problem in problems)]
        listed = [*names[:_MOST_NAMED], *(["…"] if len(names) > _MOST_NAMED else [])]
        super().__init__(count=len(problems), fields=", ".join(listed))
        self.problems = tuple(problems)


class PortalInvalid(PortalError, DataRefused):
    """A portal refuses the values of some fields; ``variant`` names the cases that have a remedy of their own.

    ``fields`` holds what it says of each field, nested ones as ``resources[2].url``.
    """

    code = "portal_invalid"

    def __init__(self, variant: str, fields: Mapping[str, tuple[str, ...]], **params: str | int | float) -> None:
        super().__init__(variant=variant, **params)
        self.fields = fields


class FileTooLarge(PortalError, DataRefused):
    """A portal takes no files of this size."""

    code = "file_too_large"


class OrganizationUnknown(UsageError):
    """A portal has no organisation of this name."""

    code = "organization_unknown"


class PortalChanged(DataRefused):
    """Somebody else changed on a portal what a publication would overwrite; ``changes`` holds each ``Difference``."""

    code = "portal_changed"

    def __init__(self, changes: Sequence[Any], name: str) -> None:
        super().__init__(count=len(changes), name=name)
        self.changes = tuple(changes)


class PortalStoresOtherwise(KhelangError):
    """A portal keeps something else than it was sent; ``changes`` holds each ``Difference``."""

    code = "portal_stores_otherwise"

    def __init__(self, changes: Sequence[Any], name: str) -> None:
        super().__init__(count=len(changes), name=name)
        self.changes = tuple(changes)


class NotReadable(KhelangError):
    """What was published on a portal is not what everybody gets from it."""

    code = "not_readable"


class Interrupted(KhelangError):
    """Somebody stopped a command (Ctrl-C)."""

    code = "interrupted"


class PublicationStopped(KhelangError):
    """A publication failed on its way, for the reason ``cause``; ``variant`` says what stands on the portal now."""

    code = "publication_stopped"

    def __init__(self, variant: str, cause: KhelangError, **params: str | int | float) -> None:
        super().__init__(variant=variant, **params)
        self.cause = cause
