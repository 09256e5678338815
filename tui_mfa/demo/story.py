"""What to do next, told from what is on screen: never from a script or a timer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from textual.screen import Screen

from tui_mfa.demo import keys, seed
from tui_mfa.domain.account import Method
from tui_mfa.screens.confirm import ConfirmModal
from tui_mfa.screens.login import LoginScreen
from tui_mfa.screens.mailed_code import MailedCodeForm
from tui_mfa.screens.modals import EndOthersModal, ProofModal, RecoveryCodesModal
from tui_mfa.screens.profile import ProfileScreen
from tui_mfa.screens.second_factor import SecondFactorScreen
from tui_mfa.screens.two_factor import TwoFactorScreen
from tui_mfa.widgets.otp_input import OtpInput

_PASSWORD: Final = f"{keys.label(keys.PASSWORD)} types it"
_SCAN: Final = keys.label(keys.SCAN)
_PHONE: Final = f"{keys.label(keys.PHONE_CODE)} types it"
_MAIL: Final = f"{keys.label(keys.MAILED_CODE)} types it"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the next step depends on besides the screen."""

    method: Method | None
    """The two-factor method of whoever is logged in; None before."""
    code_drawn: bool
    """There is a QR code on screen."""
    code_scanned: bool
    """The phone knows that code."""


def next_step(screen: Screen[Any], facts: Facts) -> str:
    """Return one sentence that says what to do.

    Args:
        screen: The screen on top.
        facts: What else counts.
    """
    for kind, words in _WORDS:
        if isinstance(screen, kind):
            return words(screen, facts)
    return f"{_code(screen)} Esc leads back."


def _login(_screen: Screen[Any], _facts: Facts) -> str:
    return f"Log in as {seed.USERNAME} / {seed.PASSWORD} ({keys.label(keys.PASSWORD)} types both); Enter."


def _code(screen: Screen[Any], _facts: Facts | None = None) -> str:
    if screen.query(MailedCodeForm):
        return f"The code is in the mailbox: {_MAIL}."
    if screen.query(OtpInput):
        return f"The code is on the phone: {_PHONE}."
    return "Look around."


def _profile(_screen: Screen[Any], facts: Facts) -> str:
    if facts.method is Method.AUTHENTICATOR:
        return "Done: the app guards this account. Log out, then in again, with the phone."
    return "Turn the authenticator app on: Security (5), then Configure."


def _two_factor(_screen: Screen[Any], facts: Facts) -> str:
    if facts.code_drawn and not facts.code_scanned:
        return f"{_SCAN} scans the code with the phone."
    if facts.code_drawn:
        return f"The phone shows the code: {_PHONE}."
    if facts.method is Method.AUTHENTICATOR:
        return "The app is on. Esc goes back; log out, then in again, with the phone."
    return "Press 3 for Authenticator App: a QR code appears."


def _confirm(screen: Screen[Any], facts: Facts) -> str:
    return f"Password {seed.PASSWORD} ({_PASSWORD}). {_code(screen, facts)}"


def _recovery_codes(_screen: Screen[Any], _facts: Facts) -> str:
    return "Keep the recovery codes: press s (the demo saves nothing), then Done."


def _proof(_screen: Screen[Any], _facts: Facts) -> str:
    return "Type the characters if you noted the secret; else choose Later."


def _others(_screen: Screen[Any], _facts: Facts) -> str:
    return "Jane left a session open at the office. End it, or leave it."


_WORDS: Final[tuple[tuple[type[Screen[Any]], Callable[[Screen[Any], Facts], str]], ...]] = (
    (LoginScreen, _login),
    (SecondFactorScreen, _code),
    (ProfileScreen, _profile),
    (TwoFactorScreen, _two_factor),
    (ConfirmModal, _confirm),
    (RecoveryCodesModal, _recovery_codes),
    (ProofModal, _proof),
    (EndOthersModal, _others),
)
"""Screens and the words for them."""
