"""The difference between two packages, and the version that it requires, as plain data without prose."""

from khelang_opendata.diff.compare import Change as Change
from khelang_opendata.diff.compare import Changes as Changes
from khelang_opendata.diff.compare import diff_packages as diff_packages
from khelang_opendata.diff.release_note import ReleaseNote as ReleaseNote
from khelang_opendata.diff.release_note import Summary as Summary
from khelang_opendata.diff.release_note import Withdrawal as Withdrawal
from khelang_opendata.diff.versioning import Bump as Bump
from khelang_opendata.diff.versioning import bump as bump
from khelang_opendata.diff.versioning import needs_note as needs_note
from khelang_opendata.diff.versioning import next_version as next_version
from khelang_opendata.diff.versioning import printed_in_bulk as printed_in_bulk
