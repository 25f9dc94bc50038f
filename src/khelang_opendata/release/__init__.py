"""Releases: built in memory as a pure function of package, history and day, then written whole or not at all."""

from khelang_opendata.release.build import Draft as Draft
from khelang_opendata.release.build import Previous as Previous
from khelang_opendata.release.build import Release as Release
from khelang_opendata.release.build import ReleaseOptions as ReleaseOptions
from khelang_opendata.release.build import Signer as Signer
from khelang_opendata.release.build import build_release as build_release
from khelang_opendata.release.build import draft_release as draft_release
from khelang_opendata.release.store import Outcome as Outcome
from khelang_opendata.release.store import release_package as release_package
from khelang_opendata.release.store import restore_store as restore_store
from khelang_opendata.release.store import withdraw as withdraw
