import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tui_mfa.domain.errors import InvalidInput, MailUnavailable
from tui_mfa.domain.ports import Mail, Template
from tui_mfa.domain.secret import Secret
from tui_mfa.mail.message import text_of
from tui_mfa.mail.outbox import OutboxMailer, list_outbox, read_outbox

NOW = datetime(2026, 11, 24, 14, 2, 3, 45, tzinfo=UTC)


class SettableClock:
    def __init__(self) -> None:
        self.time = NOW

    def now(self) -> datetime:
        return self.time


def mailer(folder: Path, clock: SettableClock | None = None, keep: int = 200) -> OutboxMailer:
    return OutboxMailer(folder, "mfa@portal.example", "Elestio", "", clock or SettableClock(), keep=keep)


def a_mail(request_id: str = "K7", code: str = "012345") -> Mail:
    params = {"username": "jane", "origin": "192.0.2.7", "time": "2026-11-24 14:02 UTC", "valid_until": "14:12 UTC"}
    return Mail(
        template=Template.LOGIN_CODE,
        to="jane@example.com",
        params=params | {"request_id": request_id},
        code=Secret(code),
    )


def a_notice() -> Mail:
    params = {"username": "jane", "origin": "192.0.2.7", "time": "2026-11-24 14:02 UTC"}
    return Mail(template=Template.PASSWORD_CHANGED, to="jane@example.com", params=params)


def test_a_mail_becomes_a_private_file(tmp_path: Path) -> None:
    """S65."""
    folder = tmp_path / "data" / "outbox"
    before = os.umask(0)
    try:
        mailer(folder).send(a_mail())
    finally:
        os.umask(before)
    [file] = folder.iterdir()
    assert file.name == "20261124T140203.000045Z-0001-K7.eml"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    message = read_outbox(folder, file.name)
    assert "\n012 345\n" in text_of(message)
    assert not mailer(folder).delivers


def test_the_list_is_in_the_order_of_sending(tmp_path: Path) -> None:
    clock = SettableClock()
    there = mailer(tmp_path / "outbox", clock)
    for request_id in ("Z9", "A1", "M5"):
        there.send(a_mail(request_id))
    clock.time += timedelta(seconds=1)
    there.send(a_notice())
    entries = list_outbox(tmp_path / "outbox")
    assert [entry.subject for entry in entries] == [
        "Your Elestio login code (request Z9)",
        "Your Elestio login code (request A1)",
        "Your Elestio login code (request M5)",
        "Your Elestio password was changed",
    ]
    assert [entry.at for entry in entries] == [NOW, NOW, NOW, NOW + timedelta(seconds=1)]
    assert {entry.to for entry in entries} == {"jane@example.com"}
    assert entries[-1].name == "20261124T140204.000045Z-0001-password_changed.eml"


def test_only_the_newest_stay(tmp_path: Path) -> None:
    clock = SettableClock()
    there = mailer(tmp_path, clock, keep=3)
    tmp_path.chmod(0o700)
    for number in range(5):
        clock.time += timedelta(minutes=1)
        there.send(a_mail(f"K{number}"))
    assert [entry.subject[-4:-1] for entry in list_outbox(tmp_path)] == [" K2", " K3", " K4"]
    assert len(list(tmp_path.iterdir())) == 3


def test_what_a_killed_program_left_goes_and_other_files_stay(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / ".draft-abc").write_text("half a mail")
    (tmp_path / "notes.txt").write_text("mine")
    mailer(tmp_path).send(a_mail())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["20261124T140203.000045Z-0001-K7.eml", "notes.txt"]
    assert len(list_outbox(tmp_path)) == 1


def test_an_outbox_that_was_never_used_is_empty(tmp_path: Path) -> None:
    assert list_outbox(tmp_path / "outbox") == []
    assert not (tmp_path / "outbox").exists()


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../secret.eml",
        "/etc/passwd",
        "20261124T140203.000045Z-0001-../../secret.eml",
        "20261124T140203.000045Z-0001-K7.eml/../../secret.eml",
        "20261124T140203.000045Z-0001-K7.eml\n",
        "20261124T140203.000045Z-0001-K7.eml\0",
        "20261124T140203.000045Z-0001-K8.eml",
        "notes.txt",
    ],
)
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "outbox"
    mailer(folder).send(a_mail())
    (tmp_path / "secret.eml").write_text("To: eve@example.com\n\nsecret")
    (folder / "notes.txt").write_text("To: eve@example.com\n\nsecret")
    with pytest.raises(InvalidInput, match="no such mail"):
        read_outbox(folder, name)


def test_a_link_in_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("To: eve@example.com\n\nsecret")
    name = "20261124T140203.000045Z-0001-K7.eml"
    (tmp_path / "outbox").mkdir()
    (tmp_path / "outbox" / name).symlink_to(tmp_path / "secret")
    with pytest.raises(MailUnavailable):
        read_outbox(tmp_path / "outbox", name)


@pytest.mark.parametrize("mode", [0o710, 0o701, 0o750, 0o777])
def test_a_lax_folder_is_refused_with_the_remedy(tmp_path: Path, mode: int) -> None:
    """S65."""
    folder = tmp_path / "my outbox"
    folder.mkdir()
    folder.chmod(mode)
    for work in (mailer(folder).check, lambda: mailer(folder).send(a_mail())):
        with pytest.raises(MailUnavailable) as caught:
            work()
        assert caught.value.user_message.endswith(f"Run: chmod 700 '{folder}'")
    assert list(folder.iterdir()) == []
    folder.chmod(0o700)
    mailer(folder).check()
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "outbox"):
        with pytest.raises(MailUnavailable, match="outbox folder"):
            mailer(folder).send(a_mail())


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    """S33: the limit on file sizes stands for a file system without room."""
    folder = tmp_path / "outbox"
    there = mailer(folder)
    there.check()
    program = f"""if True:
        import resource, signal, sys
        from datetime import UTC, datetime
        from pathlib import Path
        from tui_mfa.domain.errors import MailUnavailable
        from tui_mfa.domain.ports import Mail, Template
        from tui_mfa.mail.outbox import OutboxMailer

        class Clock:
            def now(self):
                return datetime.now(UTC)

        params = {dict(a_notice().params)!r}
        mail = Mail(template=Template.PASSWORD_CHANGED, to="jane@example.com", params=params)
        mailer = OutboxMailer(Path(sys.argv[1]), "mfa@portal.example", "Elestio", "", Clock())
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
        try:
            mailer.send(mail)
        except MailUnavailable as error:
            sys.stdout.write(error.user_message)
        """
    done = subprocess.run([sys.executable, "-c", program, folder], capture_output=True, text=True, check=True)
    assert done.stdout == f"The outbox folder {folder} cannot be written: File too large."
    assert list(folder.iterdir()) == []


def test_many_writers_lose_no_mail(tmp_path: Path) -> None:
    folder = tmp_path / "outbox"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: mailer(folder).send(a_mail(f"K{n}", f"{n:06d}")), range(64)))
    entries = list_outbox(folder)
    assert len(entries) == 64
    assert len({entry.subject for entry in entries}) == 64
    assert [entry.name[24:28] for entry in entries] == [f"{n:04d}" for n in range(1, 65)]
