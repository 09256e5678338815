"""``kill -9`` at any moment under several writing processes loses nothing and doubles nothing (S66).

``TUI_MFA_TEST_KILLS=1000`` makes the run a long one.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

KILLS = int(os.environ.get("TUI_MFA_TEST_KILLS", "60"))


def harness(folder: Path, *arguments: object) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.stories.kill_nine_harness", folder, *arguments]
    root = Path(__file__).parents[2]
    done = subprocess.run([str(word) for word in command], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_killed_writers_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    report = harness(tmp_path / "data", 8, KILLS, 20 * KILLS, "locks")
    sys.stderr.write(f"{report}\n")
    assert report["wrong"] == []
    assert report["kills"] == KILLS
    assert report["acknowledged"] >= 20 * KILLS
    assert report["accepted"] >= KILLS
    assert report["accounts"] >= 10


def test_the_judge_notices_a_store_without_locks(tmp_path: Path) -> None:
    """The control: the same work without locks must be found wrong, or the judge sees nothing."""
    report = harness(tmp_path / "data", 8, 0, 2000, "nolocks")
    assert any("acknowledged" in line for line in report["wrong"])
    assert any("accepted" in line for line in report["wrong"])
