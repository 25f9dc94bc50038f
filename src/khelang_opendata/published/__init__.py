"""Published releases, from any publisher: read safely, verified against manifest and signature, never built."""

from khelang_opendata.published.history import releases_of
from khelang_opendata.published.verification import Verification, verify

__all__ = ["Verification", "releases_of", "verify"]
