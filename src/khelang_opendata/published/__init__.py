"""Published releases, from any publisher: read safely, verified against manifest and signature, never built."""

from khelang_opendata.published.history import releases_of
from khelang_opendata.published.verify import Verification, verify_release

__all__ = ["Verification", "releases_of", "verify_release"]
