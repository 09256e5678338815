"""Mail as files in a folder of this machine, for portals without a mail server.

Python's ``email`` is imported with the first mail: every start makes a mailer, and few send.
"""

import fcntl
import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tui_mfa.domain.errors import InvalidInput, MailUnavailable
from tui_mfa.domain.ports import Clock, Mail

if TYPE_CHECKING:
    from email.message import EmailMessage

KEEP: Final = 200
"""Files that stay; older ones are removed when a new one comes."""

_STAMP: Final = "%Y%m%dT%H%M%S.%fZ"
_NAME: Final = re.compile(r"(?P<stamp>\d{8}T\d{6}\.\d{6}Z)-(?P<number>\d{4})-[A-Za-z0-9_]{1,40}\.eml", re.ASCII)
_TAG: Final = re.compile(r"[^A-Za-z0-9]")
_DRAFT: Final = ".draft-"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxEntry:
    """What a list of the outbox shows of one mail."""

    name: str
    """The file's name; names sort by time."""
    at: datetime
    """When it was written, UTC."""
    to: str
    subject: str


class OutboxMailer:
    """Writes each mail into a folder: ``.eml`` files, 0600 in 0700, whole or not at all.

    Args:
        folder: Where; made when it is missing.
        sender: The address that mail comes from.
        issuer: The product's name.
        support: An address that helps, or nothing.
        clock: Gives the Date and the names.
        keep: How many files stay.
    """

    def __init__(self, folder: Path, sender: str, issuer: str, support: str, clock: Clock, *, keep: int = KEEP) -> None:
        self._folder = folder
        self._sender = sender
        self._issuer = issuer
        self._support = support
        self._clock = clock
        self._keep = keep

    @property
    def delivers(self) -> bool:
        """False: somebody has to look into the folder."""
        return False

    def send(self, mail: Mail) -> None:
        """Write one mail, or raise ``MailUnavailable`` (disk full, no rights, lax folder) or ``InvalidInput``."""
        from tui_mfa.mail.message import compose  # noqa: PLC0415 - see the module's docstring

        now = self._clock.now().astimezone(UTC)
        domain = self._sender.rpartition("@")[2]
        message = compose(mail, self._sender, self._issuer, self._support, domain, now)
        tag = _TAG.sub("", mail.params.get("request_id", ""))[:8] or mail.template.value
        with self._opened() as folder:
            _write(self._folder, folder, f"{now:{_STAMP}}", tag, message.as_bytes())
            torn = [path.name for path in self._folder.glob(f"{_DRAFT}*")]  # left by a program that was killed
            for name in [*torn, *_names(self._folder)[: -self._keep]]:
                (self._folder / name).unlink(missing_ok=True)

    def check(self) -> None:
        """Make the folder and try a file in it, or raise ``MailUnavailable``."""
        with self._opened(), tempfile.NamedTemporaryFile(prefix=_DRAFT, dir=self._folder):
            pass

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """Lock the folder against other writers; give its file descriptor."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                if os.fstat(descriptor).st_mode & 0o077:
                    raise MailUnavailable(
                        f"Others may look into the outbox. Run: chmod 700 {shlex.quote(str(self._folder))}"
                    )
                fcntl.flock(descriptor, fcntl.LOCK_EX)  # released when the descriptor is closed
                yield descriptor
            finally:
                os.close(descriptor)
        except OSError as error:
            why = error.strerror or "no reason given"
            raise MailUnavailable(f"The outbox folder {self._folder} cannot be written: {why}.") from error


def list_outbox(folder: Path) -> list[OutboxEntry]:
    """Return what the outbox holds, oldest first; other files in the folder are not looked at.

    Raises:
        MailUnavailable: When the folder is there and cannot be read.
    """
    entries = []
    for name in _names(folder):
        with suppress(InvalidInput):  # removed meanwhile by another writer
            message = read_outbox(folder, name)
            at = datetime.strptime(name.partition("-")[0], _STAMP).replace(tzinfo=UTC)
            to, subject = str(message.get("To", "")), str(message.get("Subject", ""))
            entries.append(OutboxEntry(name=name, at=at, to=to, subject=subject))
    return entries


def read_outbox(folder: Path, name: str) -> "EmailMessage":
    """Return one mail of the outbox.

    Raises:
        InvalidInput: When the name is not one that ``list_outbox`` gives (it may hold no path), or is gone.
        MailUnavailable: When the file cannot be read.
    """
    from email import message_from_bytes  # noqa: PLC0415 - see the module's docstring
    from email.message import EmailMessage  # noqa: PLC0415 - see the module's docstring
    from email.policy import SMTP  # noqa: PLC0415 - see the module's docstring

    missing = InvalidInput("There is no such mail in the outbox.", field="name")
    if not _NAME.fullmatch(name):
        raise missing
    try:
        descriptor = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW)
        with os.fdopen(descriptor, "rb") as file:
            return message_from_bytes(file.read(), _class=EmailMessage, policy=SMTP)
    except FileNotFoundError:
        raise missing from None
    except OSError as error:
        raise MailUnavailable(f"The mail {name} cannot be read: {error.strerror}.") from error


def _names(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir() if _NAME.fullmatch(path.name))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise MailUnavailable(f"The outbox folder {folder} cannot be read: {error.strerror}.") from error


def _write(folder: Path, descriptor: int, stamp: str, tag: str, content: bytes) -> None:
    """Write one file under a name that sorts behind all names of the same instant; the folder is locked."""
    same = [match for name in _names(folder) if (match := _NAME.fullmatch(name)) and match["stamp"] == stamp]
    number = 1 + max((int(match["number"]) for match in same), default=0)
    draft, path = tempfile.mkstemp(prefix=_DRAFT, dir=folder)  # 0600 from its first moment
    try:
        with os.fdopen(draft, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(draft)
        Path(path).replace(folder / f"{stamp}-{number:04d}-{tag}.eml")
    except BaseException:
        Path(path).unlink(missing_ok=True)
        raise
    os.fsync(descriptor)
