"""What a verification found, in words."""

from __future__ import annotations

from khelang_opendata.model.characters import visible
from khelang_opendata.model.wording import Language, Notices
from khelang_opendata.published.verification import Problem, SignatureState, Verification

_notice = Notices(__file__)


def problem_text(problem: Problem, language: Language) -> str:
    """What is wrong with one file of a release."""
    return _notice(f"verify_{problem.kind}", language, path=visible(problem.path))


def signature_text(result: Verification, language: Language) -> str:
    """What is known of a release's signature."""
    return _notice(f"signature_{result.signature}", language, key=visible(result.key or ""))


def verdict_text(result: Verification, language: Language) -> str:
    """What a verification comes to."""
    name = "verify_broken" if result.problems else "verify_whole" if result.is_whole else "verify_unsigned"
    return _notice(name, language, files=result.files, problems=len(result.problems))


def origin_text(result: Verification, language: Language) -> str | None:
    """What a verification does not prove, and how to prove it; None where it does, or where it failed."""
    is_proven = result.signature is SignatureState.VALID or not result.is_whole
    return None if is_proven else _notice("verify_origin", language)


def verification_lines(result: Verification, language: Language) -> list[str]:
    """All that there is to say of a verification, line by line."""
    ignored = [_notice("verify_leftover", language, path=visible(path)) for path in result.leftovers]
    problems = [problem_text(problem, language) for problem in result.problems]
    origin = origin_text(result, language)
    closing = [signature_text(result, language), verdict_text(result, language), *([origin] if origin else [])]
    return [*ignored, *problems, *closing]
