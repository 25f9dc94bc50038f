"""What systems and office programs leave in a folder is known; data, and copies of data, are not among it."""

from __future__ import annotations

import pytest

from khelang_opendata.files.leftovers import is_leftover

LEFT = (
    *("Thumbs.db", "THUMBS.DB", "ehthumbs.db", "ehthumbs_vista.db", "desktop.ini", "Desktop.ini"),
    *(".DS_Store", "._projects.csv", "__MACOSX", ".Spotlight-V100", ".Trashes", "Icon\r"),
    *("~$projects.csv", "~$projects.xlsx", "~$โครงการ.xlsx", ".~lock.projects.csv#", ".~lock.โครงการ.ods#"),
    *("4F2A9B10.tmp", "~WRL0001.tmp", "projects.csv.tmp", ".directory", ".fuse_hidden0000", ".nfs000012"),
)
DATA = (
    *("projects.csv", "projects - Copy.csv", "projects (1).csv", "สำเนาของ projects.csv", "projects.csv~", "tmp"),
    *("projects.bak", ".hidden", "datapackage.json", "thumbs.csv", "projects.tmp.csv", "lock.csv", "~projects.csv", ""),
)


@pytest.mark.parametrize("name", LEFT)
def test_leftover_is_known(name: str) -> None:
    assert is_leftover(name)


@pytest.mark.parametrize("name", DATA)
def test_data_is_no_leftover(name: str) -> None:
    assert not is_leftover(name)
