"""The SSH keys of the demo's account."""

from tests.fakes import START, FakeClock
from tui_mfa.demo import seed
from tui_mfa.domain.events import Tag
from tui_mfa.domain.ssh_keys import rules


def test_jane_has_three_keys_that_work_and_the_events_of_adding_them() -> None:
    """S53: real keys, as the rules accept them; one ends within the next months, one was never used."""
    seeded = seed.seed(clock=FakeClock())
    account = seeded.services.store.get(seeded.account_id)
    views = [rules.view(key, seeded.services.policy.ssh_rsa_bits, START) for key in account.ssh_keys]
    assert [(view.title, view.kind, view.usable) for view in views] == [
        ("jane@laptop", "ED25519", True),
        ("backup server", "RSA 3072", True),
        ("old desktop", "ECDSA 256", True),
    ]
    assert sum(view.expires_at is not None for view in views) == 1
    assert sum(view.last_used_at is None for view in views) == 1
    added = [event for event in seeded.services.store.events(account.id) if event.tag is Tag.SSH_KEY_ADDED]
    assert {event.detail["key"] for event in added} == {view.fingerprint for view in views}
