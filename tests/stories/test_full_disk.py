"""On a full disk: a clear error, every account readable, and the same action works once there is room (S66)."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

MOUNT = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
"""A mount namespace of its own: the small disk is gone with the last process in it, however that ends."""


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def on_a_small_disk(folder: Path, words: str) -> list[str]:
    return [
        *MOUNT,
        "sh",
        "-c",
        f'mount -t tmpfs -o size=512k,mode=700 tmpfs "$0" && {words}',
        str(folder),
        sys.executable,
    ]


def small_disks_are_permitted(folder: Path) -> bool:
    try:
        return run(on_a_small_disk(folder, "true")).returncode == 0
    except FileNotFoundError:
        return False


def report_of(command: list[str]) -> dict[str, Any]:
    done = run(command)
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


@pytest.mark.parametrize("kind", ["tmpfs", "rlimit"])
def test_a_full_disk_loses_nothing_and_is_said_clearly(tmp_path: Path, kind: str) -> None:
    """Where mounting is not permitted, both runs use the limit on file sizes, which needs no rights."""
    program = "tests.stories.full_disk_program"
    if kind == "tmpfs" and small_disks_are_permitted(tmp_path):
        command = on_a_small_disk(tmp_path, f'exec "$1" -m {program} "$0" tmpfs')
        reason = "there is no room left on the disk"
    else:
        command = [sys.executable, "-m", program, str(tmp_path), "rlimit"]
        reason = "the file may not grow any further"
    report = report_of(command)
    for step, sentence in report["full"].items():
        assert sentence.startswith(f"The store cannot be used: {reason} ("), step
        assert str(tmp_path) in sentence
    assert report["kept"]
    assert report["drafts"] == 0
    assert report["saved"] == ["codes.txt"]
    assert set(report["room"].values()) == {""}
    assert report["accounts"] == [11, 12]
    assert report["reopened"] == 12
