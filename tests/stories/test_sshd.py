"""A key of the portal opens a login of a real sshd; one that is not there any more does not."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.fakes import log_in, make_account, make_services
from tests.ssh_lines import make
from tests.stories.sshd_tools import ROOT, USER, Sshd
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.operator import flows as operator
from tui_mfa.domain.ports import Services
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.ssh_keys import flows
from tui_mfa.security.system import SystemClock
from tui_mfa.store.tinydb import TinyDBStore

KEYS = (("ed25519", None), ("ecdsa", 256))


@dataclass
class Machine:
    """A server, an account of the same name as this system's user, and its keys."""

    sshd: Sshd
    services: Services
    session: Session
    private: list[Path]

    def add(self, number: int, **more: str) -> None:
        text = self.private[number].with_suffix(".pub").read_text()
        flows.add(
            self.services, self.session, Secret(f'command="echo forced",no-pty {text}'), title=str(number), **more
        )

    def lets_in(self, number: int) -> bool:
        return self.sshd.log_in(self.private[number]) == "in\n"

    def last_used(self, number: int) -> datetime | None:
        account = self.services.store.get(self.session.account_id)
        return next(key.last_used_at for key in account.ssh_keys if key.title == str(number))


@pytest.fixture
def machine(tmp_path: Path, tool: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Machine]:
    monkeypatch.setenv("PATH", f"{os.environ['PATH']}:/usr/sbin")
    programs = {name: str(tool(name)) for name in ("sshd", "ssh", "ssh-keygen")}
    tmp_path.chmod(0o700)
    services = make_services(store=TinyDBStore(tmp_path / "data"), clock=SystemClock())
    make_account(services, USER)
    private = [make(programs["ssh-keygen"], tmp_path, kind, bits) for kind, bits in KEYS]
    environ = {
        "TUI_MFA_DATA_DIR": str(tmp_path / "data"),
        "TUI_MFA_KEY_FILE": str(tmp_path / "no-such-key-file"),
        "HOME": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    sshd = Sshd(tmp_path / "sshd", environ, programs)
    with sshd.running():
        yield Machine(sshd, services, log_in(services, USER), private)


def test_a_key_of_the_portal_logs_in_and_its_use_is_noted(machine: Machine) -> None:
    """S53, S54: added, used, noted for the right key; options that came with it have no effect."""
    assert not machine.lets_in(0)
    machine.add(0)
    machine.add(1)
    assert machine.last_used(0) is None
    before = datetime.now(UTC)
    assert machine.lets_in(0), machine.sshd.log()
    first = machine.last_used(0)
    assert first is not None
    assert before <= first <= datetime.now(UTC)
    assert machine.last_used(1) is None
    assert machine.lets_in(1)
    assert machine.last_used(0) == first


def test_a_key_that_is_only_offered_is_not_noted(machine: Machine) -> None:
    """S58: sshd asks for keys before a login; without the private half nothing is a use."""
    machine.add(0)
    public = machine.private[0].with_suffix(".pub")
    offered = machine.private[0].with_name("offered")
    public.rename(offered.with_suffix(".pub"))
    machine.private[1].rename(offered)
    assert machine.sshd.log_in(offered) is None
    assert machine.last_used(0) is None


def test_a_deleted_key_does_not_log_in(machine: Machine) -> None:
    """S53: from the next login on."""
    machine.add(0)
    machine.add(1)
    assert machine.lets_in(0)
    flows.delete(machine.services, machine.session, "0")
    assert not machine.lets_in(0)
    assert machine.lets_in(1)


def test_an_expired_key_does_not_log_in(machine: Machine) -> None:
    """S53: the same moment that the list shows."""
    machine.add(0, expires="30")
    assert machine.lets_in(0)
    with machine.services.store.account(machine.session.account_id) as account:
        account.ssh_keys[0].expires_at = datetime.now(UTC) - timedelta(seconds=1)
    assert not machine.lets_in(0)


def test_a_disabled_account_does_not_log_in(machine: Machine) -> None:
    """S52: the operator's switch closes the key list too, and opens it again."""
    machine.add(0)
    assert machine.lets_in(0)
    operator.disable(machine.services, USER)
    assert not machine.lets_in(0)
    operator.enable(machine.services, USER)
    assert machine.lets_in(0)


def test_a_damaged_account_does_not_log_in(machine: Machine) -> None:
    """S54: it fails closed, and says so to sshd."""
    machine.add(0)
    data = Path(machine.sshd.environ["TUI_MFA_DATA_DIR"])
    (file,) = (data / "accounts").glob("*/*.json")
    whole = file.read_bytes()
    file.write_bytes(whole[:-20])
    assert not machine.lets_in(0)
    assert _asked(machine) == (3, "")
    file.write_bytes(whole)
    data.chmod(0o755)
    assert not machine.lets_in(0)
    assert _asked(machine) == (3, "")
    data.chmod(0o700)
    assert machine.lets_in(0)


def _asked(machine: Machine) -> tuple[int, str]:
    """Return status and output of the command that sshd runs."""
    command = [sys.executable, "-m", "tui_mfa", "keys", "authorized", "--system-users", USER]
    done = subprocess.run(
        command, env=dict(machine.sshd.environ), cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout
