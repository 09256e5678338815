"""The page of SSH keys by keyboard: the list, a paste, a title, the end of a key, and texts that mean harm."""

from datetime import timedelta

import pytest
from textual.widgets import Button, DataTable, Input

from tests.fakes import clock_of, mailer_of, tags
from tests.profile_host import screen_text, until, until_shown
from tests.ssh_keys_host import begin, kept, opened, paste, ready, told, verdict
from tests.ssh_lines import ed25519, hardware_ed25519, rsa
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.ssh_keys import flows
from tui_mfa.screens.confirm import ConfirmModal
from tui_mfa.screens.modals import ConfirmChoiceModal
from tui_mfa.screens.ssh_key_modals import AddKeyModal, RenameKeyModal
from tui_mfa.screens.ssh_keys import EMPTY, SshKeysScreen
from tui_mfa.widgets.key_area import KeyArea

PRIVATE = (
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAE\n-----END OPENSSH PRIVATE KEY-----\n"
)


async def test_the_list_shows_every_fact_about_a_key() -> None:
    """S53: title, type, size, fingerprint, added, last used, expiry; the marked one in full below."""
    services, logged_in = ready(ed25519(), hardware_ed25519())
    flows.add(services, logged_in.session, Secret(rsa(4096)), title="server", expires="90")
    with services.store.account(logged_in.session.account_id) as account:
        account.ssh_keys[0].last_used_at = services.clock.now() - timedelta(days=3)
    async with opened(services, logged_in) as pilot:
        text = screen_text(pilot.app)
        for word in ("3 keys", "jane@laptop (2)", "ED25519-SK", "RSA 4096", "2026-11-21", "2027-02-22", "never"):
            assert word in text
        first, second, _third = kept(services, logged_in)
        assert first.fingerprint in text
        await pilot.press("j")
        await until_shown(pilot, second.fingerprint)
        assert "ED25519-SK, hardware" in screen_text(pilot.app)
    async with opened(services, logged_in, size=(120, 40)) as pilot:
        assert second.fingerprint.removeprefix("SHA256:") in screen_text(pilot.app)


async def test_an_empty_list_says_what_a_key_is_good_for() -> None:
    services, logged_in = ready()
    async with opened(services, logged_in) as pilot:
        assert " ".join(EMPTY.split()) in " ".join(screen_text(pilot.app).split())
        assert pilot.app.focused is pilot.app.screen.query_one("#add")
        for action in ("rename", "delete"):
            assert pilot.app.screen.query_one(f"#{action}", Button).disabled
        await pilot.press("d", "r", "c")
        assert isinstance(pilot.app.screen, SshKeysScreen)


async def test_a_wrapped_key_is_pasted_named_and_added() -> None:
    """S53, S54: wrapped lines are joined, options named, the comment proposed, an expiry taken."""
    services, logged_in = ready()
    text = f"no-pty {rsa(2048)}"
    async with opened(services, logged_in) as pilot:
        await begin(pilot)
        await paste(pilot, "\r\n".join(text[at : at + 70] for at in range(0, len(text), 70)))
        await until(pilot, lambda: verdict(pilot).startswith("✓ RSA 2048"))
        assert "Options are not kept: no-pty." in verdict(pilot)
        assert "3072" in verdict(pilot)
        assert pilot.app.screen.query_one("#title", Input).placeholder == "jane@laptop"
        await pilot.press("tab", *"work", "tab", *"90", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SshKeysScreen) and "“work” is added." in told(pilot))
        await until_shown(pilot, "1 key")
        (key,) = kept(services, logged_in)
        assert (key.title, key.kind) == ("work", "RSA 2048")
        assert key.expires_at == services.clock.now() + timedelta(days=90)
        await pilot.press("escape")
        await until_shown(pilot, "1 key, never used")
    assert mailer_of(services).kept[-1].mail.template.value == "ssh_key_added"


@pytest.mark.parametrize(
    "text", [PRIVATE, PRIVATE.replace("\n", " "), "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n"]
)
async def test_a_pasted_private_key_never_gets_into_the_field(
    text: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """S53: refused loudly at once; field, undo and clipboards are wiped, nothing is logged."""
    services, logged_in = ready()
    async with opened(services, logged_in) as pilot:
        await begin(pilot)
        copied: list[str] = []
        monkeypatch.setattr(pilot.app, "copy_to_clipboard", copied.append)
        pilot.app._clipboard = text
        await paste(pilot, text)
        await until(pilot, lambda: "PRIVATE key" in told(pilot))
        area = pilot.app.screen.query_one(KeyArea)
        area.undo()
        assert (area.text, pilot.app.clipboard, copied) == ("", "", [""])
        assert text[:30] not in screen_text(pilot.app)
        await paste(pilot, ed25519())
        await until(pilot, lambda: "PRIVATE" not in told(pilot) and verdict(pilot).startswith("✓ ED25519"))
    assert text[:30] not in caplog.text
    assert kept(services, logged_in) == []


async def test_a_private_key_that_comes_in_pieces_is_wiped_with_the_last() -> None:
    """S53: typed, or pasted line by line; undoing does not bring it back."""
    services, logged_in = ready()
    async with opened(services, logged_in) as pilot:
        await begin(pilot)
        area = pilot.app.screen.query_one(KeyArea)
        await paste(pilot, "-----BEGIN OPENSSH PRIVATE ")
        assert area.text
        await pilot.press(*"KEY", *["minus"] * 4)
        await until(pilot, lambda: "PRIVATE key" in told(pilot))
        area.undo()
        assert area.text == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (rsa(1024), "1024 bits; 2048 are needed at least. Make one: ssh-keygen -t ed25519"),
        ("hello", "not a public key"),
        ("", "Nothing is here"),
        (f"{ed25519()}\n{ed25519('other')}", "These are 2 keys"),
        (f"cert-authority {ed25519()}", "authority"),
    ],
)
async def test_a_refused_key_stays_in_the_field_with_the_reason_below(text: str, words: str) -> None:
    """S53: the reason and the command, and the cursor in the field."""
    services, logged_in = ready()
    async with opened(services, logged_in) as pilot:
        await begin(pilot)
        if text:
            await paste(pilot, text)
        pilot.app.screen.query_one("#add", Button).press()
        await until(pilot, lambda: words in told(pilot))
        assert pilot.app.screen.query_one(KeyArea).text == text
        assert isinstance(pilot.app.focused, KeyArea)


async def test_the_same_key_again_is_told_by_its_title() -> None:
    """S55: the person's own key is named; no command line is proposed to somebody on a page."""
    services, logged_in = ready(ed25519())
    async with opened(services, logged_in) as pilot:
        await begin(pilot)
        await paste(pilot, ed25519(comment="other"))
        pilot.app.screen.query_one("#add", Button).press()
        await until(pilot, lambda: "You have this key already: “jane@laptop”" in told(pilot))
        assert "tui-mfa" not in told(pilot)


async def test_a_paste_longer_than_any_key_is_not_inserted() -> None:
    """S53: 16 kB at most."""
    services, logged_in = ready()
    async with opened(services, logged_in) as pilot:
        await begin(pilot)
        await paste(pilot, "x" * 20_000)
        await until(pilot, lambda: "longer than 16384 bytes" in told(pilot))
        assert pilot.app.screen.query_one(KeyArea).text == ""


async def test_a_title_that_is_taken_puts_the_cursor_there() -> None:
    services, logged_in = ready(ed25519())
    async with opened(services, logged_in) as pilot:
        await begin(pilot)
        await paste(pilot, ed25519("other"))
        await pilot.press("tab", *"jane", "at", *"laptop", "tab", "enter")
        await until(pilot, lambda: "another key of that title" in told(pilot))
        assert pilot.app.focused is pilot.app.screen.query_one("#title")


async def test_after_fifteen_minutes_a_confirmation_comes_in_between() -> None:
    """S51: the key is not asked for twice."""
    services, logged_in = ready(idle_lock=timedelta(minutes=60))
    clock_of(services).advance(minutes=16)
    async with opened(services, logged_in) as pilot:
        await begin(pilot)
        await paste(pilot, ed25519())
        pilot.app.screen.query_one("#add", Button).press()
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmModal))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, AddKeyModal))
        assert pilot.app.screen.query_one(KeyArea).text == ed25519()
        assert kept(services, logged_in) == []


async def test_escape_adds_nothing_and_forgets_the_paste() -> None:
    services, logged_in = ready()
    async with opened(services, logged_in) as pilot:
        await begin(pilot)
        area = pilot.app.screen.query_one(KeyArea)
        await paste(pilot, ed25519())
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, SshKeysScreen))
        await until(pilot, lambda: area.text == "")
    assert kept(services, logged_in) == []


async def test_rename() -> None:
    services, logged_in = ready(ed25519())
    async with opened(services, logged_in) as pilot:
        await pilot.press("r")
        await until(pilot, lambda: isinstance(pilot.app.screen, RenameKeyModal))
        field = pilot.app.screen.query_one("#title", Input)
        assert field.value == "jane@laptop"
        field.value = ""
        await pilot.press("enter")
        await until(pilot, lambda: "Type a title" in told(pilot))
        await pilot.press(*"desk", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SshKeysScreen) and "called “desk” now" in told(pilot))
        await until_shown(pilot, "desk · ED25519")


async def test_delete_asks_and_the_harmless_answer_has_the_focus() -> None:
    """S63: Enter alone deletes nothing; the mail goes out with the deletion."""
    services, logged_in = ready(ed25519(), hardware_ed25519())
    async with opened(services, logged_in) as pilot:
        for keys, left in ((("enter",), 2), (("escape",), 2), (("tab", "tab"), 2)):
            await pilot.press("d")
            await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmChoiceModal))
            if keys == ("tab", "tab"):
                break
            await pilot.press(*keys)
            await until(pilot, lambda: isinstance(pilot.app.screen, SshKeysScreen))
            assert len(kept(services, logged_in)) == left
        await pilot.press("left", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, SshKeysScreen) and "is deleted" in told(pilot))
        await until_shown(pilot, "1 key")
        assert [key.title for key in kept(services, logged_in)] == ["jane@laptop (2)"]
        await until(pilot, lambda: mailer_of(services).kept[-1].mail.template.value == "ssh_key_deleted")
    assert tags(services, logged_in.session.account_id)[-1] == "ssh_key.deleted"


async def test_the_last_key_stays_where_logins_take_a_key() -> None:
    """S56: told on the page; U37 has a way out: add another one first."""
    services, logged_in = ready(ed25519(), keep_last_key=True)
    async with opened(services, logged_in) as pilot:
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmChoiceModal))
        await pilot.press("left", "enter")
        await until(pilot, lambda: "This is your last key that works" in told(pilot))
    assert len(kept(services, logged_in)) == 1


async def test_copy_sends_the_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    services, logged_in = ready(ed25519())
    async with opened(services, logged_in) as pilot:
        copied: list[str] = []
        monkeypatch.setattr(pilot.app, "copy_to_clipboard", copied.append)
        await pilot.press("c")
        await until(pilot, lambda: "fingerprint was sent" in told(pilot))
        assert copied == [kept(services, logged_in)[0].fingerprint]


async def test_fifty_keys_scroll_and_one_that_is_gone_is_told() -> None:
    services, logged_in = ready(*(ed25519(str(number)) for number in range(50)))
    async with opened(services, logged_in) as pilot:
        table = pilot.app.screen.query_one("#keys-table", DataTable)
        assert table.row_count == 50
        await pilot.press("end", "ctrl+end")
        for key in kept(services, logged_in):
            flows.delete(services, logged_in.session, key.id)
        await pilot.press("d")
        await until(pilot, lambda: isinstance(pilot.app.screen, ConfirmChoiceModal))
        await pilot.press("left", "enter")
        await until(pilot, lambda: "no such SSH key" in told(pilot))
