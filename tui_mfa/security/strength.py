"""How easily a new password is guessed, by zxcvbn and the account's own words (ASVS 6.2.4, 6.2.11, 6.2.12).

``zxcvbn`` holds megabytes of word lists and is imported when the first password is judged.
"""

import re
import threading
import unicodedata
from typing import Any, Final

from tui_mfa.domain.secret import Secret

_JUDGED: Final = 72
"""Characters that are judged: zxcvbn's time grows steeply with the length, and so many good ones are enough."""

_LEAST_SCORE: Final = 3
"""Of 0 to 4: "safely unguessable", more than 10**8 guesses."""

_LEAST_WORD: Final = 4
"""Characters from which a word of the account may not occur in the password; shorter ones occur by chance."""

_PRODUCT: Final = ("tui-mfa", "tuimfa")

_OWN: Final = "The password contains your username or another word from your account. Leave such words out."
_NAMED: Final = "The password contains the name of this program. Leave it out."
_GENERAL: Final = "This password would be guessed too quickly."
_ADVICE: Final = "Use four or more uncommon words, or let a password manager make one."


class ZxcvbnMeter:
    """Judges passwords; implements ``ports.StrengthMeter``."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        """zxcvbn keeps the own words of a call in a global; two calls at once would mix two people's words."""

    def problem(self, password: Secret[str], own_words: tuple[str, ...]) -> str | None:
        """Return why a password is too easy to guess, as one or two sentences, or ``None``.

        Args:
            password: The new password.
            own_words: The username, the e-mail address, names: whatever an attacker knows about the person.
        """
        text = _plain(password.reveal())
        words = _parts(own_words)
        if any(word in text for word in words if len(word) >= _LEAST_WORD):
            return _OWN
        if any(word in text for word in _PRODUCT):
            return _NAMED
        if not text:
            return f"{_GENERAL} {_ADVICE}"
        result = self._judge(password.reveal()[:_JUDGED], [*words, *_PRODUCT])
        if result["score"] >= _LEAST_SCORE:
            return None
        return f"{result['feedback']['warning'] or _GENERAL} {_ADVICE}"

    def _judge(self, text: str, words: list[str]) -> dict[str, Any]:
        from zxcvbn import zxcvbn  # noqa: PLC0415 - see the module's docstring

        with self._lock:
            result: dict[str, Any] = zxcvbn(text, user_inputs=words)
        return result


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _parts(own_words: tuple[str, ...]) -> list[str]:
    """Return the words as they are and in their parts; of an address only the part before the @."""
    whole = [_plain(word).rpartition("@")[0] or _plain(word) for word in own_words]
    return sorted({part for word in whole for part in (word, *re.split(r"[\W_]+", word)) if part})
