"""Texts that mean harm, in the list of SSH keys and in the field for a new one."""

from textual.widgets import Button

from tests.profile_host import screen_text, until
from tests.ssh_keys_host import begin, kept, opened, paste, ready, told
from tests.ssh_lines import ed25519
from tui_mfa.screens.modals import ConfirmChoiceModal
from tui_mfa.screens.ssh_key_modals import AddKeyModal, RenameKeyModal
from tui_mfa.screens.ssh_keys import SshKeysScreen
from tui_mfa.widgets.key_area import KeyArea

HOSTILE = ["[bold red]x[/]", "\x1b[2Jx", "\x9b31mx", "a\u202eb", "x\u200by", "[/]", "𝕏" * 100, "\x00", "“'\"\\"]

HARMFUL = {"\x1b", "\x9b", "\u202e", "\u200b", "\x00"}


async def test_hostile_titles_are_shown_harmless() -> None:
    """S61: whatever is in the store, in the table, below it, in the question and in the field."""
    services, logged_in = ready(*(ed25519(str(number)) for number in range(len(HOSTILE))))
    with services.store.account(logged_in.session.account_id) as account:
        for stored, text in zip(account.ssh_keys, HOSTILE, strict=True):
            stored.title = stored.added_from = text
    async with opened(services, logged_in, size=(120, 40)) as pilot:
        for key in kept(services, logged_in):
            await until(pilot, lambda: f"{key.fingerprint} · added" in " ".join(screen_text(pilot.app).split()))  # noqa: B023
            assert not HARMFUL & set(screen_text(pilot.app))
            await pilot.press("d")
            await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmChoiceModal))
            assert not HARMFUL & set(screen_text(pilot.app))
            await pilot.press("escape", "r")
            await until(pilot, lambda: isinstance(pilot.app.screen, RenameKeyModal))
            assert not HARMFUL & set(screen_text(pilot.app))
            await pilot.press("escape", "j")
            await until(pilot, lambda: isinstance(pilot.app.screen, SshKeysScreen))


async def test_a_hostile_paste_is_shown_harmless() -> None:
    """S61: in the field, in what is said about it, and in the refusal."""
    services, logged_in = ready()
    async with opened(services, logged_in) as pilot:
        await begin(pilot)
        for text in (*HOSTILE, f"{ed25519()}\x1b[2J\n{ed25519()}", "[link=x]" * 900, f"[b] {ed25519()}"):
            modal = pilot.app.screen
            assert isinstance(modal, AddKeyModal)
            modal.query_one(KeyArea).wipe()
            modal.status.clear()
            await paste(pilot, text)
            modal.query_one("#add", Button).press()
            await until(pilot, lambda: told(pilot).startswith("!"))
            assert not HARMFUL & set(screen_text(pilot.app))
    assert kept(services, logged_in) == []
