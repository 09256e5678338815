"""The small boxes: help, questions, recovery codes, the proof that the secret was saved."""

import stat
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Button, Static

from tests.fakes import enrol, log_in, make_account, make_services
from tests.profile_host import enter, page, profile, screen_text, typed, until, until_shown
from tui_mfa.domain.two_factor.model import NewRecoveryCodes
from tui_mfa.screens.modals import ConfirmChoiceModal, EndOthersModal, HelpModal, ProofModal, RecoveryCodesModal

HOSTILE = "[@click=app.quit]x[/] [/foo] \x1b[2J"


async def ask(pilot: Pilot[Any], modal: Screen[Any]) -> list[Any]:
    """Push a modal and return the list that its result will be put into."""
    results: list[Any] = []
    pilot.app.push_screen(modal, results.append)
    await until(pilot, lambda: pilot.app.screen is modal)
    return results


async def test_help_shows_the_words_of_the_page_and_every_key_that_works_there() -> None:
    services = make_services()
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpModal))
        text = screen_text(pilot.app)
        assert "The numbers 1 to 6 choose a tab" in text
        assert "1 2 3 4 5 6" in text
        assert "Choose a tab by its number" in text
        assert "? f1" in text
        # Nothing is below the profile, so Back is no key of it.
        assert "Leave this page" not in text
        await pilot.press("escape")
        assert pilot.app.screen is page(pilot)


async def test_each_key_of_the_help_stands_there_once() -> None:
    services = make_services()
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpModal))
        keys = [str(widget.visual) for widget in pilot.app.screen.query(".key").results(Static)]
        each = [key for row in keys for key in row.split()]
        assert len(each) == len(set(each))


@pytest.mark.parametrize(("keys", "answer"), [("enter", False), ("escape", False), ("left enter", True)])
async def test_a_question_has_its_focus_on_the_harmless_answer(keys: str, answer: bool) -> None:
    services = make_services()
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        results = await ask(pilot, ConfirmChoiceModal("Title", "Really?", "Do it", danger=True))
        await pilot.press(*keys.split())
        await until(pilot, lambda: results)
        assert results == [answer]


async def test_a_question_shows_hostile_text_literally() -> None:
    services = make_services()
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        await ask(pilot, ConfirmChoiceModal(HOSTILE, HOSTILE, "[/yes]", no="[no]"))
        text = screen_text(pilot.app)
        assert text.count("[@click=app.quit]x[/] [/foo] \ufffd[2J") == 2
        assert "[/yes]" in text
        assert "[no]" in text


@pytest.mark.parametrize(
    ("count", "words"), [(1, "1 other session is open. End it?"), (2, "2 other sessions are open. End them?")]
)
async def test_ending_the_others_is_preselected(count: int, words: str) -> None:
    """S49: after a change of factor or password the end of all other sessions is offered, pre-selected."""
    services = make_services()
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        results = await ask(pilot, EndOthersModal(count))
        assert words in screen_text(pilot.app)
        await pilot.press("enter")
        await until(pilot, lambda: results)
        assert results == [True]


async def test_leaving_the_offer_by_esc_ends_nothing() -> None:
    services = make_services()
    make_account(services)
    async with profile(services, enter(services)) as pilot:
        results = await ask(pilot, EndOthersModal(2))
        await pilot.press("escape")
        await until(pilot, lambda: results)
        assert results == [False]


def _codes(folder: Path) -> tuple[Any, NewRecoveryCodes]:
    services = make_services(folder)
    make_account(services)
    return services, enrol(services, log_in(services))[1].codes


def _only_file(folder: Path) -> tuple[int, str]:
    (path,) = folder.iterdir()
    return stat.S_IMODE(path.stat().st_mode), path.read_text(encoding="utf-8")


async def test_recovery_codes_are_shown_all_ten_with_set_and_date(tmp_path: Path) -> None:
    services, codes = _codes(tmp_path)
    async with profile(services, enter(services)) as pilot:
        await ask(pilot, RecoveryCodesModal(page(pilot).context, codes, "jane"))
        text = screen_text(pilot.app)
        assert all(code.reveal() in text for code in codes.codes)
        assert f"set {codes.set_id} of 2026-11-24" in text


async def test_saved_recovery_codes_are_in_a_file_of_their_owner_alone(tmp_path: Path) -> None:
    services, codes = _codes(tmp_path)
    async with profile(services, enter(services)) as pilot:
        results = await ask(pilot, RecoveryCodesModal(page(pilot).context, codes, "jane"))
        await pilot.press("s")
        await until_shown(pilot, "Saved to")
        mode, text = _only_file(tmp_path)
        assert mode == 0o600
        assert all(code.reveal() in text for code in codes.codes)
        assert all(word in text for word in ("jane", codes.set_id, "2026-11-24"))
        await pilot.press("escape")
        await until(pilot, lambda: results)
        assert results == [True]


async def test_copied_recovery_codes_are_forgotten_by_the_program_when_the_modal_goes(tmp_path: Path) -> None:
    services, codes = _codes(tmp_path)
    async with profile(services, enter(services)) as pilot:
        results = await ask(pilot, RecoveryCodesModal(page(pilot).context, codes, "jane"))
        await pilot.press("c")
        await until_shown(pilot, "Sent to your terminal's clipboard, if it allows that")
        assert pilot.app.clipboard.split() == [code.reveal() for code in codes.codes]
        await pilot.press("escape")
        await until(pilot, lambda: results)
        await until(pilot, lambda: not pilot.app.clipboard)


async def test_leaving_unsaved_recovery_codes_asks_first(tmp_path: Path) -> None:
    services, codes = _codes(tmp_path)
    async with profile(services, enter(services)) as pilot:
        modal = RecoveryCodesModal(page(pilot).context, codes, "jane")
        results = await ask(pilot, modal)
        await pilot.press("escape")
        await until_shown(pilot, "Have you written them down?")
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen is modal)
        assert not results
        await pilot.press("escape")
        await until_shown(pilot, "Have you written them down?")
        await pilot.press("left", "enter")
        await until(pilot, lambda: results)
        assert results == [True]


async def test_no_recovery_code_is_left_in_a_widget(tmp_path: Path) -> None:
    services, codes = _codes(tmp_path)
    async with profile(services, enter(services)) as pilot:
        modal = RecoveryCodesModal(page(pilot).context, codes, "jane")
        await ask(pilot, modal)
        widgets = list(modal.query(Static))
        assert any(codes.codes[0].reveal() in str(widget.visual) for widget in widgets)
        await pilot.press("c", "escape")
        await until(pilot, lambda: not modal.is_attached)
        await until(pilot, lambda: not any(code.reveal() in str(w.visual) for w in widgets for code in codes.codes))
        assert codes.codes[0].reveal() not in repr(vars(modal))


async def test_the_proof_is_given_by_the_right_characters_alone(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    account = make_account(services)
    secret, enabled = enrol(services, log_in(services))
    first, last = enabled.proof
    right = secret.reveal()[first - 1 : last]
    async with profile(services, enter(services)) as pilot:
        results = await ask(pilot, ProofModal(page(pilot).context, page(pilot).session, enabled.proof))
        assert f"characters {first}–{last} of the secret" in screen_text(pilot.app)
        await pilot.press(*("abcd" if right != "ABCD" else "efgh"), "enter")
        await until_shown(pilot, "These are not the characters")
        assert not typed(pilot.app)
        await pilot.press(*right.lower(), "enter")
        await until(pilot, lambda: results)
        assert results == [True]
    saved = services.store.get(account.id).authenticator
    assert saved is not None
    assert saved.saved_at is not None


@pytest.mark.parametrize("way", ["escape", "later"])
async def test_the_proof_can_be_put_off(way: str) -> None:
    services = make_services()
    make_account(services)
    _secret, enabled = enrol(services, log_in(services))
    async with profile(services, enter(services)) as pilot:
        results = await ask(pilot, ProofModal(page(pilot).context, page(pilot).session, enabled.proof))
        if way == "later":
            pilot.app.screen.query_one("#later", Button).press()
        else:
            await pilot.press("escape")
        await until(pilot, lambda: results)
        assert results == [None]
