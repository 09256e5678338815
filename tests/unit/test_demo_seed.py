"""What the demo starts with."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.fakes import FakeClock
from tui_mfa.demo import seed
from tui_mfa.domain.account import Method
from tui_mfa.domain.errors import KeyUnavailable
from tui_mfa.domain.login import flows, guard, mailed_code, registration
from tui_mfa.domain.login.model import CodeOwed, LoggedIn, Origin
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor import flows as two_factor
from tui_mfa.mail.memory import Kept
from tui_mfa.security.passwords import Argon2Passwords

ORIGIN = Origin("local:0", "this machine (pts/1)")


@pytest.fixture(scope="module")
def seeded() -> seed.Seeded:
    return seed.seed(clock=FakeClock())


def log_in(seeded: seed.Seeded) -> LoggedIn:
    owed = flows.log_in(seeded.services, seed.USERNAME, Secret(seed.PASSWORD), ORIGIN)
    assert isinstance(owed, CodeOwed)
    mailed_code.send(seeded.services, owed.handle)
    code = seeded.mailer.kept[-1].mail.code
    assert code is not None
    answer = flows.enter_code(seeded.services, owed.handle, code)
    assert isinstance(answer, LoggedIn)
    return answer


def test_jane_logs_in_by_mailed_code_and_is_told_about_the_login_before() -> None:
    seeded = seed.seed(clock=FakeClock())
    answer = log_in(seeded)
    assert answer.previous is not None
    assert answer.failed_since == 1
    overview = profile.overview(seeded.services, answer.session)
    assert (overview.method, overview.email_verified, overview.company) == (Method.EMAIL, True, "Lighthouse Bakery")
    assert len(overview.sessions) == 2
    assert two_factor.disable(seeded.services, answer.session, "disable") == 1


def test_the_password_would_be_accepted_today(seeded: seed.Seeded) -> None:
    words = (seed.USERNAME, seed.ADDRESS)
    password = registration.new_password(seeded.services, Secret(seed.PASSWORD), words, alone=True)
    assert password.stands_alone


def test_the_past_is_in_order_and_over(seeded: seed.Seeded) -> None:
    events = seeded.services.store.events(seeded.account_id)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    assert [event.at for event in events] == sorted(event.at for event in events)
    now = seeded.services.clock.now()
    assert all(event.at < now for event in events)
    account = seeded.services.store.get(seeded.account_id)
    (elsewhere,) = account.sessions
    assert guard.is_live(elsewhere, seeded.services.policy, now)
    assert not guard.is_live(elsewhere, seeded.services.policy, now + timedelta(hours=1))


def test_hasher_and_keys_are_the_real_ones_and_no_two_demos_share_any(seeded: seed.Seeded) -> None:
    assert type(seeded.services.passwords) is Argon2Passwords
    sealed = seeded.services.box.seal(Secret(b"x"), "here")
    with pytest.raises(KeyUnavailable):
        seed.seed(clock=FakeClock()).services.box.open(sealed, "here")


def test_files_go_nowhere_and_say_so(seeded: seed.Seeded, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said = seeded.services.files.save("secret.txt", Secret("MRJG26KD"))
    assert said == "nowhere, since the demo saves nothing: secret.txt"
    assert not list(tmp_path.iterdir())


def test_each_mail_is_announced_as_it_comes() -> None:
    came: list[Kept] = []
    seeded = seed.seed(came.append, FakeClock())
    log_in(seeded)
    assert came == seeded.mailer.kept
    assert [str(kept.message["Subject"])[:24] for kept in came] == ["Your Elestio login code "]
