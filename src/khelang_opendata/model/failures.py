"""Failures of the tool or its surroundings, and wrong calls: a few families, each by what the user can do about it.

A failure is a code with parameters. Its texts are in the ``failures.json`` of a room.
"""

from __future__ import annotations

import copyreg
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from khelang_opendata.model.report import Report
from khelang_opendata.model.wording import Language, Params, Texts, failures
from khelang_opendata.version import __version__

_LONGEST_REASON = 500


class KhelangError(Exception):
    """The root of all failures; as text it is the English sentence.

    Args:
        code: names the texts.
        variant: names the wording, where the same failure has several.
        params: the values that the texts name.
    """

    exit_code: int = 3
    """The command's exit code: 1 problems in the data, 2 wrong usage, 3 the tool or its surroundings."""

    def __init__(self, code: str, variant: str | None = None, /, **params: str | int | float) -> None:
        super().__init__(code, variant, params)
        self.code = code
        self.params: Params = params if variant is None else {"variant": variant, **params}

    def texts(self, language: Language) -> Texts:
        return failures()[self.code].wording_for(self.params).filled(self.params, language)

    def __str__(self) -> str:
        return self.texts(Language.EN).message

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by hand: by default an exception is made anew from ``args`` alone, without its keywords."""
        return copyreg.__newobj__, (type(self), *self.args), self.__dict__  # type: ignore[attr-defined]


class UsageError(KhelangError):
    """The call is wrong: correct it."""

    exit_code = 2


class DataError(KhelangError):
    """The data prevent what was asked: correct them."""

    exit_code = 1


class EnvironmentFailure(KhelangError):
    """A file, a folder, a lock or another process prevents the work."""

    @classmethod
    def of(cls, code: str, path: Path, error: OSError | ValueError) -> EnvironmentFailure:
        """Build the failure for an operating system error on a path."""
        return cls(code, path=os.fsdecode(path), reason=getattr(error, "strerror", None) or str(error))


@contextmanager
def system_errors_as(code: str, path: Path) -> Iterator[None]:
    """Turn what the system refuses into an :class:`EnvironmentFailure`; ``path`` is for errors that name no file."""
    try:
        yield
    except OSError as error:
        raise EnvironmentFailure.of(code, error.filename or path, error) from error
    except ValueError as error:
        if "null" not in str(error):  # what Python raises of a NUL character in a name
            raise
        raise EnvironmentFailure.of(code, path, error) from error


class ReleaseDamaged(KhelangError):
    """A written release does not read back as it was built, or an existing one was altered: ``path`` is at fault.

    The variant ``extra`` is a file that the release does not have.
    """

    def __init__(self, path: str, variant: str | None = None) -> None:
        super().__init__("release_damaged", variant, path=path)


class ExtraMissing(KhelangError):
    """A library that only some users need is not installed; the extra of that name installs it."""

    def __init__(self, extra: str) -> None:
        super().__init__("extra_missing", extra=extra)


class LibraryMissing(KhelangError):
    """A library that every installation has is not here: the program runs in a browser."""

    def __init__(self, library: str) -> None:
        super().__init__("library_missing", library=library)


class PortalError(KhelangError):
    """A portal was not reached, or did not do what was asked; the parameter ``answer`` is its answer."""

    transient: bool = False
    """Whether the same call may succeed a little later."""
    retry_after: float = 0.0
    """Seconds that the portal asks its clients to wait."""

    @property
    def answer(self) -> str:
        """The portal's answer, shortened, without anything secret."""
        return str(self.params.get("answer", ""))


class PortalUnavailable(PortalError):
    """A portal fails for now: the same call may succeed a little later."""

    transient = True


class PackageRefused(DataError):
    """A package with errors, or with warnings that no erratum explains, was to be released; ``report`` holds them."""

    def __init__(self, code: str, report: Report) -> None:
        if code == "package_invalid":
            super().__init__("package_invalid", errors=report.errors)
        else:
            super().__init__("warnings_unacknowledged", warnings=report.warnings)
        self.report = report


class DescriptorError(DataError):
    """``datapackage.json`` cannot be used; validation makes an issue of it."""

    def __init__(self, variant: str, **params: str | int | float) -> None:
        super().__init__("descriptor_invalid", variant, **params)


class Interrupted(KhelangError):
    """The user stopped a command (Ctrl-C)."""

    def __init__(self) -> None:
        super().__init__("interrupted")


class InternalError(KhelangError):
    """The tool failed in a way that it does not expect; the exception that it met is the ``__cause__``."""

    @classmethod
    def of(cls, error: BaseException) -> InternalError:
        """The failure that an unexpected exception becomes."""
        reason = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        failure = cls("internal", reason=reason[:_LONGEST_REASON], version=__version__)
        failure.__cause__ = error
        return failure
