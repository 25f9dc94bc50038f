"""Published releases, from any publisher: read safely, verified against manifest and signature, never built."""

from khelang_opendata.published.history import releases_of as releases_of
from khelang_opendata.published.verification import Verification as Verification
from khelang_opendata.published.verification import verify as verify
