"""`khelang publish` and `khelang portal check` as an official runs them, and the document that shows them."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PLAN, ROOT, Khelang
from tests.portal.publishing import GIVEN, purged
from tests.portal.server import Ckan
from tests.releases import NAME, copied
from tests.test_docs import BLOCK, FUNCTIONS

SET = [f"--set={field}={value}" for field, value in GIVEN.items()]

Run = Callable[..., "subprocess.CompletedProcess[bytes]"]


@pytest.fixture(autouse=True)
def no_dataset(ckan: Ckan) -> Iterator[None]:
    with purged(ckan, NAME):
        yield


@pytest.fixture
def portal(khelang: Khelang, ckan: Ckan, released: Path) -> Run:
    """Run `khelang publish RELEASES` for the portal, with the editor's token unless another environment is given."""

    def run(*args: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[bytes]:
        where = ["--url", ckan.url, "--org", ckan.org]
        return khelang("publish", released, *where, *args, env={"CKAN_API_TOKEN": ckan.editor_token} | (env or {}))

    return run


def out(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stdout.decode()


def err(done: subprocess.CompletedProcess[bytes]) -> str:
    return done.stderr.decode()


def test_dry_run_needs_no_token_and_lists_fields_and_problems(portal: Run, ckan: Ckan) -> None:
    ckan.proxy.reset()
    done = portal("--dry-run", env={"CKAN_API_TOKEN": ""})
    assert done.returncode == 1
    assert f"+ {NAME}-flat.csv  CSV" in out(done)
    assert "+ geo_coverage  ขอบเขต" in out(done)
    for field in ("maintainer_email", "objective", "update_frequency_unit"):
        assert f"--set {field}=" in out(done)
    assert {request.method for request in ckan.proxy.requests} == {"GET"}
    complete = portal("--dry-run", *SET)
    assert complete.returncode == 0, err(complete)
    assert "+ maintainer_email  อีเมลผู้ติดต่อ: opendata@khelang.example  [from this command]" in out(complete)


def test_changes_of_other_people_are_overwritten_with_force_only(portal: Run, ckan: Ckan) -> None:
    first = portal(*SET)
    assert (first.returncode, err(first)) == (0, "")
    assert out(first).startswith("Published version 1.0.0; ")
    assert f"{ckan.url}/dataset/{NAME}" in out(first)
    again = portal(*SET)
    assert (again.returncode, err(again)) == (0, "")
    assert "nothing was sent" in out(again)
    ckan.result("package_patch", {"id": NAME, "notes": "แก้โดยผู้อื่น"})
    status = portal("--status", *SET, "--lang", "th")
    assert status.returncode == 1
    assert "ผู้อื่นแก้ไขบนระบบบัญชีข้อมูล 1 จุด" in out(status)
    refused = portal(*SET, "--lang", "th")
    assert refused.returncode == 1
    assert out(refused) == ""
    assert "notes  รายละเอียด: แก้โดยผู้อื่น → แผนห้าปี" in err(refused)
    assert "--force" in err(refused)
    dry = portal(*SET, "--dry-run", "--force")
    assert "~ notes" in out(dry)
    assert portal(*SET, "--force").returncode == 0
    assert portal("--status", *SET).returncode == 0


def test_missing_token_and_missing_options_are_wrong_usage(portal: Run, khelang: Khelang, released: Path) -> None:
    none = portal(*SET, env={"CKAN_API_TOKEN": ""})
    assert none.returncode == 2
    assert "CKAN_API_TOKEN" in err(none)
    assert khelang("publish", released).returncode == 2
    assert khelang("publish", released, "--to", "folder", "a", "b").returncode == 2
    assert portal("--set", "maintainer_email").returncode == 2
    assert portal("--profile", "no-one", *SET).returncode == 2


def test_user_without_rights_is_a_failure_with_its_remedy(portal: Run, ckan: Ckan) -> None:
    done = portal(*SET, "--lang", "th", env={"CKAN_API_TOKEN": ckan.reader_token})
    assert done.returncode == 3
    assert "ไม่มีสิทธิ์" in err(done)
    assert "วิธีแก้" in err(done)


def test_missing_fields_are_reported_one_by_one(portal: Run) -> None:
    done = portal()
    assert done.returncode == 1
    assert all(field in err(done) for field in ("maintainer_email", "objective", "update_frequency_unit"))


def test_progress_is_shown_at_a_terminal(ckan: Ckan, released: Path) -> None:
    terminal, process = pty.openpty()
    command = [sys.executable, "-m", "khelang_opendata", "publish", str(released), "--url", ckan.url, "--org", ckan.org]
    env = {**os.environ, "CKAN_API_TOKEN": ckan.editor_token}
    with subprocess.Popen([*command, *SET, "--lang=en"], stderr=process, stdout=subprocess.PIPE, env=env) as running:
        os.close(process)
        reported = _everything(terminal)
    assert running.returncode == 0
    assert "Creating a private draft" in reported
    size = (released / f"latest/{NAME}-flat.csv").stat().st_size
    assert f"Uploading {NAME}-flat.csv ({size // 1000:,} kB)" in reported
    assert f"Reading back {NAME}-flat.csv" in reported
    assert "Making the dataset public" in reported


def _everything(terminal: int) -> str:
    parts: list[bytes] = []
    while True:
        try:
            part = os.read(terminal, 65536)
        except OSError:  # how a terminal ends
            part = b""
        if not part:
            os.close(terminal)
            return b"".join(parts).decode()
        parts.append(part)


def test_portal_check_reports_requirements_and_whether_a_release_is_accepted(
    khelang: Khelang, ckan: Ckan, released: Path
) -> None:
    refused = khelang("portal", "check", released, "--url", ckan.url)
    assert refused.returncode == 1
    assert "CKAN 2.11" in out(refused)
    assert "The portal would refuse 3" in out(refused)
    taken = khelang("portal", "check", released, "--url", ckan.url, "--org", ckan.org, *SET)
    assert taken.returncode == 0
    assert "The portal would accept this release" in out(taken)
    unknown = khelang("portal", "check", released, "--url", ckan.url, "--org", "no-one", *SET)
    assert unknown.returncode == 2
    nowhere = khelang("portal", "check", released, "--url", "http://127.0.0.1:9")
    assert nowhere.returncode == 3


def test_commands_of_the_document_work(ckan: Ckan, tmp_path: Path) -> None:
    plan = copied(PLAN, tmp_path / "datapackage")
    text = (ROOT / "docs/th/publishing.md").read_text(encoding="utf-8")
    written = text.split("```json\n", 1)[1].split("```", 1)[0]
    descriptor: dict[str, Any] = json.loads((plan / "datapackage.json").read_text(encoding="utf-8"))
    changed = json.dumps(descriptor | json.loads(written), ensure_ascii=False)
    (plan / "datapackage.json").write_text(changed, encoding="utf-8")
    blocks = [block for language, block in BLOCK.findall(text) if language == "sh"]
    assert len(blocks) == 4
    env = {**os.environ, "PYTHON": sys.executable, "CKAN_API_TOKEN": ckan.editor_token, "LC_ALL": "C.UTF-8"}
    for block in blocks:
        reported = FUNCTIONS + block.replace("https://data.go.th", ckan.url).replace(
            "--org khelang-nakhon", f"--org {ckan.org}"
        )
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", reported],
            cwd=tmp_path,
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{block}\n{done.stdout}\n{done.stderr}"
    assert (tmp_path / "public/index.html").is_file()
