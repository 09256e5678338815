"""Adding, listing, renaming and deleting SSH keys by the real flows."""

from datetime import timedelta
from typing import Any

import pytest

from tests.fakes import (
    clock_of,
    confirm,
    delivered,
    log_in,
    mails,
    make_account,
    make_services,
    tags,
)
from tests.ssh_lines import ed25519, hardware_ed25519
from tui_mfa.domain.errors import (
    ConfirmationRequired,
    InvalidInput,
    SessionEnded,
)
from tui_mfa.domain.login import flows as login
from tui_mfa.domain.login import guard
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.ports import Policy, Services, Template
from tui_mfa.domain.quota import operator as quota
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.ssh_keys import flows, rules
from tui_mfa.domain.ssh_keys.model import Added
from tui_mfa.domain.ssh_keys.refusals import KeyRefused, Reason
from tui_mfa.domain.ssh_keys.rules import NoSuchKey
from tui_mfa.mail.message import compose, text_of


def enter(**policy: Any) -> tuple[Services, Session]:
    """Return services with Jane logged in a moment ago."""
    services = make_services(policy=Policy(**policy))
    make_account(services)
    return services, log_in(services)


def add(services: Services, session: Session, text: str | None = None, **more: str) -> Added:
    return flows.add(services, session, Secret(text or ed25519()), **more)


def titles(services: Services, session: Session) -> list[str]:
    return [key.title for key in flows.keys(services, session)]


def test_a_key_is_added_listed_recorded_and_told() -> None:
    """S53, S60, S63: title, type, fingerprint, times and origin in the list; an event; a mail."""
    services, session = enter()
    before = len(tags(services, session.account_id))
    added = add(services, session, hardware_ed25519(), expires="90")
    (key,) = flows.keys(services, session)
    assert key == added.key
    now = services.clock.now()
    assert (key.title, key.kind, key.bits, key.hardware) == ("jane@laptop", "ED25519-SK, hardware", 256, True)
    assert (key.added_at, key.added_from, key.last_used_at) == (now, session.origin.label, None)
    assert (key.expires_at, key.expired, key.usable) == (now + timedelta(days=90), False, True)
    assert tags(services, session.account_id, before) == ["ssh_key.added"]
    event = services.store.events(session.account_id)[-1]
    assert event.detail == {"title": "jane@laptop", "key": key.fingerprint}
    assert delivered(services, session.account_id) == [("ssh_key_added", "jane@example.com")]


def test_only_type_and_blob_are_kept() -> None:
    """S54: neither options nor the comment are in the store; the comment only proposes the title."""
    services, session = enter()
    added = add(services, session, f'command="rm -rf /",no-pty {ed25519(comment="jane secret words")}', title="laptop")
    assert added.dropped == ("command", "no-pty")
    kept = services.store.get(session.account_id).ssh_keys
    assert len(kept) == 1
    assert "rm" not in repr(kept)
    assert "secret words" not in repr(kept)
    assert f"ssh-ed25519 {kept[0].blob}" == " ".join(ed25519().split()[:2])


@pytest.mark.parametrize("age", [timedelta(minutes=15), timedelta(minutes=6), timedelta(0)])
def test_adding_wants_a_confirmation_of_the_last_fifteen_minutes(age: timedelta) -> None:
    """S51: a login of 15 minutes ago counts, one second more does not, and a confirmation mends it."""
    services, session = enter(idle_lock=timedelta(minutes=60))
    clock_of(services).advance(seconds=age.total_seconds())
    add(services, session, ed25519("in time"))
    clock_of(services).advance(seconds=(guard.KEY_CONFIRMATION_LIFE - age).total_seconds() + 1)
    with pytest.raises(ConfirmationRequired):
        add(services, session, ed25519("late"))
    confirm(services, session)
    add(services, session, ed25519("late"))


def test_a_bad_text_is_refused_before_anybody_is_asked_for_a_password() -> None:
    """S51, S53: what cannot be added wants no confirmation."""
    services, session = enter(idle_lock=timedelta(minutes=60))
    clock_of(services).advance(minutes=20)
    for text, more in (("nonsense", {}), (ed25519(), {"title": "x" * 101}), (ed25519(), {"expires": "yesterday"})):
        with pytest.raises(InvalidInput):
            add(services, session, text, **more)


def test_a_session_that_is_over_does_nothing_to_keys() -> None:
    """S48: every use case looks the session up again."""
    services, session = enter()
    key = add(services, session).key
    login.log_out(services, session)
    for use in (
        lambda: add(services, session, ed25519("other")),
        lambda: flows.keys(services, session),
        lambda: flows.rename(services, session, key.id, "x"),
        lambda: flows.delete(services, session, key.id),
    ):
        with pytest.raises(SessionEnded):
            use()
    assert len(services.store.get(session.account_id).ssh_keys) == 1


def test_the_same_key_is_refused_by_its_own_title() -> None:
    """S55: the same blob, whatever its comment and options, names the key that is there."""
    services, session = enter()
    first = add(services, session, title="my laptop").key
    with pytest.raises(KeyRefused) as refused:
        add(services, session, f"no-pty {ed25519(comment='other words')}", title="second")
    assert refused.value.reason is Reason.DUPLICATE
    for word in ("my laptop", "2026-11-24", first.fingerprint):
        assert word in refused.value.user_message
    assert titles(services, session) == ["my laptop"]


def test_a_key_of_somebody_else_is_no_oracle() -> None:
    """S55: another account's key gives the same answer as a new one."""
    services, session = enter()
    add(services, session)
    make_account(services, "john")
    other = log_in(services, "john")
    assert add(services, other).key.title == "jane@laptop"
    assert [mail for mail in delivered(services, session.account_id) if mail[1] != "jane@example.com"] == []
    assert tags(services, session.account_id).count("ssh_key.added") == 1


def test_a_taken_comment_gets_a_number_and_a_taken_title_is_refused() -> None:
    """S55: titles are unique within the account, in every spelling."""
    services, session = enter()
    for name in ("a", "b", "c"):
        add(services, session, ed25519(name))
    add(services, session, ed25519("d", comment=""))
    assert titles(services, session) == ["jane@laptop", "jane@laptop (2)", "jane@laptop (3)", "ED25519 key"]
    with pytest.raises(InvalidInput) as refused:
        add(services, session, ed25519("e"), title="JANE@laptop")
    assert refused.value.field == "title"
    add(services, session, ed25519("long", comment="x" * 100))
    add(services, session, ed25519("long too", comment="x" * 100))
    assert max(map(len, titles(services, session))) == 100


@pytest.mark.parametrize("title", ["x" * 101, "a\x1b[2Jb", "a\nb", "a\u202eb"])
def test_a_title_is_one_line_of_at_most_a_hundred_characters(title: str) -> None:
    """S61: control characters are refused at the door."""
    services, session = enter()
    with pytest.raises(InvalidInput) as refused:
        add(services, session, title=title)
    assert refused.value.field == "title"


def test_the_limit_is_named() -> None:
    """S53: the last check; the error names count and limit."""
    services, session = enter()
    quota.set_limit(services, "jane", "ssh-keys", "unlimited")
    for number in range(rules.LIMIT):
        add(services, session, ed25519(str(number)))
    with pytest.raises(KeyRefused) as refused:
        add(services, session, ed25519("one more"))
    assert refused.value.reason is Reason.LIMIT
    assert str(rules.LIMIT) in refused.value.user_message
    flows.delete(services, session, "jane@laptop (7)")
    add(services, session, ed25519("one more"))


def test_rename() -> None:
    """S60: recorded with both titles; the same title again changes nothing."""
    services, session = enter()
    key = add(services, session).key
    add(services, session, ed25519("other"), title="desktop")
    assert flows.rename(services, session, key.id, "  laptop ").title == "laptop"
    assert services.store.events(session.account_id)[-1].detail == {"title": "laptop", "before": "jane@laptop"}
    count = len(tags(services, session.account_id))
    flows.rename(services, session, "laptop", "laptop")
    assert len(tags(services, session.account_id)) == count
    for bad in ("", "   ", "Desktop", "x" * 101, "a\tb"):
        with pytest.raises(InvalidInput) as refused:
            flows.rename(services, session, "laptop", bad)
        assert refused.value.field == "title"
    assert flows.rename(services, session, "laptop", "LAPTOP").title == "LAPTOP"


def test_delete() -> None:
    """S60, S63: gone at once, recorded, told; the second time there is no such key."""
    services, session = enter()
    key = add(services, session).key
    flows.delete(services, session, key.id)
    assert flows.keys(services, session) == []
    assert tags(services, session.account_id)[-1] == "ssh_key.deleted"
    assert [name for name, _to in delivered(services, session.account_id)] == ["ssh_key_added", "ssh_key_deleted"]
    with pytest.raises(NoSuchKey):
        flows.delete(services, session, key.id)


def test_a_key_is_found_by_id_title_or_fingerprint() -> None:
    services, session = enter()
    key = add(services, session, title="My Laptop").key
    add(services, session, ed25519("other"), title="desktop")
    bare = key.fingerprint.removeprefix("SHA256:")
    for reference in (key.id, "my laptop", key.fingerprint, bare, bare[:12], f" {key.id} "):
        assert flows.rename(services, session, reference, "My Laptop").id == key.id
    for reference in ("", "lap", bare[:11], "SHA256:", "00000000"):
        with pytest.raises(NoSuchKey):
            flows.delete(services, session, reference)


def test_the_mail_goes_out_whatever_the_title_and_the_hash_look_like() -> None:
    """S63: neither a link in the title nor a hash that begins like one can keep the mail back."""
    services, session = enter()
    number = next(n for n in range(100_000) if _hash(n).startswith("//"))
    text = ed25519(str(number))
    add(services, session, text, title="see https://evil.example/ now")
    assert ("ssh_key_added", "jane@example.com") in delivered(services, session.account_id)
    mail = next(mail for mail in mails(services) if mail.template is Template.SSH_KEY_ADDED)
    message = compose(mail, "mfa@portal.example", "Elestio", "", "portal.example", services.clock.now())
    assert "evil" not in text_of(message)
    assert f"  SHA256:  {_hash(number)}\n" in text_of(message)


def _hash(number: int) -> str:
    from tui_mfa.domain.ssh_keys import parse

    return parse.judge(ed25519(str(number))).key.fingerprint.removeprefix("SHA256:")
