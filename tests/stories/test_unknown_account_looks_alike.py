"""Somebody wants to know who has an account here, and compares every answer and all the work behind it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy

import pytest

from tests.fakes import (
    ATTACKER,
    ORIGIN,
    PASSWORD,
    WRONG,
    CheapPasswords,
    FakeClock,
    clock_of,
    make_account,
    make_services,
)
from tui_mfa.domain import limits
from tui_mfa.domain.account import Account, Factor, Method
from tui_mfa.domain.errors import DomainError, MailUnavailable, NoSuchAccount
from tui_mfa.domain.limits import Tries
from tui_mfa.domain.login import flows, mailed_code, password_reset, registration
from tui_mfa.domain.login.model import CodeOwed, CodeSent, Origin
from tui_mfa.domain.ports import Claim, Mail, Services
from tui_mfa.domain.secret import Secret
from tui_mfa.mail.memory import MemoryMailer
from tui_mfa.store.memory import MemoryStore

Work = list[str]
"""What was done, in order: ``save`` and ``read`` of the store, ``hash``, ``verify``, ``mail``."""


class RecordingStore(MemoryStore):
    """Writes down what costs time. A look for what is not there costs neither a load nor a save."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._work = work

    def create(self, account: Account) -> None:
        super().create(account)
        self._work.append("save")

    def find(self, claim: Claim, value: str) -> str | None:
        self._work.append("find")
        return super().find(claim, value)

    @contextmanager
    def account(self, account_id: str) -> Iterator[Account]:
        with super().account(account_id) as account:
            before = deepcopy(account)
            yield account
            self._work.append("read" if account == before else "save")

    @contextmanager
    def bucket(self, name: str) -> Iterator[Tries]:
        with super().bucket(name) as tries:
            before = deepcopy(tries)
            yield tries
            self._work.append("read" if tries == before else "save")


class RecordingMailer(MemoryMailer):
    """Writes down each talk with the mail server; can be down."""

    def __init__(self, work: Work, clock: FakeClock) -> None:
        super().__init__("noreply@example.net", "tui-mfa", "", clock)
        self._work = work
        self.up = True

    def send(self, mail: Mail) -> None:
        self.check()
        super().send(mail)

    def check(self) -> None:
        self._work.append("mail")
        if not self.up:
            raise MailUnavailable("The mail server does not answer.")


class RecordingPasswords(CheapPasswords):
    """Writes down each slow hash."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._work = work

    def hash(self, value: Secret[str]) -> str:
        self._work.append("hash")
        return super().hash(value)

    def verify(self, hashed: str, value: Secret[str]) -> bool:
        self._work.append("verify")
        return super().verify(hashed, value)


class Portal:
    """A portal with one account, jane, and a note of all its work and answers."""

    def __init__(self, method: Method = Method.EMAIL) -> None:
        self.work: Work = []
        clock = FakeClock()
        self.mailer = RecordingMailer(self.work, clock)
        self.services: Services = make_services(
            clock=clock,
            store=RecordingStore(self.work),
            mailer=self.mailer,
            passwords=RecordingPasswords(self.work),
        )
        self.account = make_account(self.services, method=method)
        self.work.clear()
        self.said: list[object] = []

    def log_in(self, name: str, origin: Origin = ATTACKER) -> None:
        """Try a wrong password."""
        self.note(lambda: flows.log_in(self.services, name, Secret(WRONG), origin))

    def reset(self, name: str, origin: Origin = ATTACKER) -> CodeOwed | None:
        """Ask for a reset."""
        owed = self.note(lambda: password_reset.ask(self.services, name, origin))
        assert owed is None or isinstance(owed, CodeOwed)
        return owed

    def send(self, owed: CodeOwed) -> None:
        """Ask for the mail of a reset."""
        self.note(lambda: password_reset.send(self.services, owed.handle))

    def prove(self, owed: CodeOwed) -> None:
        """Guess the code of a reset."""
        self.note(lambda: password_reset.prove(self.services, owed.handle, Secret("000000")))

    def finish(self, owed: CodeOwed) -> None:
        """Try to set a password without a code."""
        self.note(lambda: password_reset.finish(self.services, owed.handle, Secret(PASSWORD)))

    def wait(self, seconds: int) -> None:
        """Let time pass."""
        clock_of(self.services).advance(seconds=seconds)

    def note(self, act: Callable[[], object]) -> object:
        """Do something and write down the answer."""
        try:
            result = act()
        except DomainError as error:
            said = (type(error).__name__, error.user_message, getattr(error, "retry_after", None), error.field)
            self.said.append(said)
            return None
        if isinstance(result, CodeOwed):
            self.said.append((result.factor, result.masked_address, result.verifying, result.recovery))
        elif isinstance(result, CodeSent):
            self.said.append((result.sent_at, result.valid_until, result.resends_left))
        return result


METHODS = pytest.mark.parametrize("method", list(Method))


@METHODS
def test_wrong_password_and_unknown_name(method: Method) -> None:
    """S06: Seven wrong passwords each for a name that exists and one that does not, from changing addresses.

    Another text, another limit, a missing hash or a missing save (a disk's sync is milliseconds) would tell them apart.
    The answers and the whole sequence of finds, saves and slow hashes are compared, try by try, into the limit and out.
    """
    known, unknown = Portal(method), Portal(method)
    for portal, name in ((known, "jane"), (unknown, "nobody")):
        for number in range(7):
            portal.log_in(name, Origin(f"198.51.100.{number}", "elsewhere"))
            portal.wait(7)
        portal.wait(300)
        portal.log_in(name)
    assert known.said == unknown.said
    assert known.work == unknown.work
    assert known.work[:5] == ["save", "find", "save", "verify", "save"]
    assert known.work.count("verify") == 6


def reset_story(portal: Portal, name: str) -> None:
    """Go through a reset as far as a stranger gets, into every limit."""
    for round_ in range(7):
        owed = portal.reset(name, Origin(f"198.51.100.{round_}", "elsewhere"))
        if owed is None:
            return
        if round_ != 2:  # in one round the code is guessed before a mail was asked for
            portal.send(owed)
        portal.send(owed)
        portal.finish(owed)
        for number in range(7):
            portal.prove(owed)
            portal.wait(number * 15)
        portal.send(owed)
        portal.wait(120)
    owed = portal.reset(name, ORIGIN)


@METHODS
def test_forgotten_password(method: Method) -> None:
    """S06: A stranger asks for resets, resends, guesses and tries to set a password, for jane and for nobody.

    Real attempts have a request, a counter of tries, cool-downs and lives of ten minutes; a decoy must have them all,
    with the same words and the same number of saves and talks with the mail server.
    """
    known, unknown = Portal(method), Portal(method)
    reset_story(known, "jane")
    reset_story(unknown, "nobody")
    assert known.said == unknown.said
    assert [step for step in known.work if step != "read"] == [step for step in unknown.work if step != "read"]
    assert "mail" in known.work


def test_resends_of_a_reset() -> None:
    """S06, S31: cool-down, number of resends, and the end of the attempt after the newest code's ten minutes."""
    known, unknown = Portal(), Portal()
    for portal, name in ((known, "jane"), (unknown, "nobody")):
        owed = portal.reset(name)
        assert owed is not None
        for seconds in (0, 30, 30, 60, 400, 60, 500, 60):
            portal.wait(seconds)
            portal.send(owed)
            portal.prove(owed)
        portal.wait(600)
        portal.prove(owed)
        portal.send(owed)
        portal.finish(owed)
    assert known.said == unknown.said
    assert [said[2] for said in known.said if isinstance(said, tuple) and len(said) == 3] == [3, 2, 1, 0]


def test_reset_while_the_mail_server_is_down() -> None:
    """S06, S33: with no server to talk to, both fail alike, and both may try again at once when it is back."""
    known, unknown = Portal(), Portal()
    for portal, name in ((known, "jane"), (unknown, "nobody")):
        owed = portal.reset(name)
        assert owed is not None
        portal.mailer.up = False
        for _ in range(3):
            portal.send(owed)
            portal.prove(owed)
        portal.mailer.up = True
        portal.send(owed)
        portal.send(owed)
        portal.prove(owed)
    assert known.said == unknown.said


def test_reset_of_an_account_whose_limits_are_reached() -> None:
    """S06, S09: neither a reset code that is switched off nor a mail limit that is reached shows."""
    known, unknown = Portal(), Portal()
    with known.services.store.account(known.account.id) as account:
        account.tries_of(Factor.RESET_CODE).in_a_row = limits.MAX_IN_A_ROW
        for _ in range(6):
            limits.count(account.unasked_mails, known.services.clock.now())
    reset_story(known, "jane")
    reset_story(unknown, "nobody")
    assert known.said == unknown.said
    assert known.mailer.kept == []


def test_every_spelling_is_one_name() -> None:
    """S06: the store finds JANE and full-width letters too; their counters must not tell that there is a jane."""
    known, unknown = Portal(), Portal()
    spellings = (
        ("jane", "JANE", "ｊane", " jane ", "Jane", "jANE"),
        ("nobo", "NOBO", "ｎobo", " nobo ", "Nobo", "nOBO"),
    )
    for portal, names in zip((known, unknown), spellings, strict=True):
        for number, name in enumerate(names):
            portal.log_in(name, Origin(f"198.51.100.{number}", "elsewhere"))
    assert known.said == unknown.said
    assert known.work == unknown.work


def test_registering_with_an_address_in_use() -> None:
    """S06: Somebody registers with jane's address and with a free one, and compares answers and work."""
    taken, free = Portal(), Portal()
    registration_story(taken, "jane@example.com")
    registration_story(free, "june@example.com")
    assert taken.said == free.said
    costs = [[step for step in portal.work if step not in {"find", "read"}] for portal in (taken, free)]
    assert costs[0][:4] == costs[1][:4] == ["save", "hash", "save", "save"]
    assert [cost.count("verify") for cost in costs] == [cost.count("mail") for cost in costs] == [1, 1]


def registration_story(portal: Portal, address: str) -> None:
    """Register, ask for the code, guess it, and try to log in by the new name."""

    def register() -> CodeOwed:
        return registration.register(portal.services, "mallory", address, Secret(PASSWORD), ATTACKER)

    owed = portal.note(register)
    assert isinstance(owed, CodeOwed)
    portal.note(lambda: mailed_code.send(portal.services, owed.handle))
    for _ in range(6):
        portal.note(lambda: flows.enter_code(portal.services, owed.handle, Secret("000000")))
    portal.log_in("mallory")


def test_nobody_is_nobody() -> None:
    """S06: the decoy's account exists nowhere, and its counters are no accounts."""
    portal = Portal()
    owed = portal.reset("nobody")
    assert owed is not None
    with pytest.raises(NoSuchAccount):
        portal.services.store.get(owed.handle.account_id)
    assert list(portal.services.store.ids()) == [portal.account.id]
