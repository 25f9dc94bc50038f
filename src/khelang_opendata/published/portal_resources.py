"""The keys by which a resource on a portal says which file of a release it is."""

from __future__ import annotations

SHA256, PATH = "sha256", "release_path"
