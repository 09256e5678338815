"""The text of an API token, judged without looking anything up."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import SeededEntropy
from tui_mfa.domain.api_tokens import token as text
from tui_mfa.domain.api_tokens.token import Form
from tui_mfa.domain.secret import Secret
from tui_mfa.security.system import SystemEntropy

BASE62 = string.ascii_letters + string.digits


def test_a_token_has_the_published_form() -> None:
    """S57: the prefix, 30 characters of 62 each, six of a checksum."""
    made = [text.new(SystemEntropy()).reveal() for _ in range(200)]
    assert all(re.fullmatch(r"tmfa_[0-9A-Za-z]{36}", token) for token in made)
    assert len(set(made)) == 200
    assert {char for token in made for char in token[5:35]} == set(BASE62)
    assert all(text.form(Secret(token)) is Form.GOOD for token in made)


def test_the_checksum_is_crc_32_in_base_62() -> None:
    """S57: a scanner that knows the published rule finds our tokens. CRC-32 of the nine digits is 0xCBF43926."""
    assert text.checksum("123456789") == "3jZRME"
    assert text.checksum("") == "000000"


@given(st.integers(0, 2**32), st.integers(5, 40), st.sampled_from(BASE62))
def test_one_changed_character_is_told_without_a_look_up(seed: int, place: int, char: str) -> None:
    """S57: the checksum rejects one changed character."""
    token = text.new(SeededEntropy(seed)).reveal()
    changed = token[:place] + char + token[place + 1 :]
    assert text.form(Secret(changed)) is (Form.GOOD if changed == token else Form.MISTYPED)


@pytest.mark.parametrize(
    ("token", "form"),
    [
        ("", Form.FOREIGN),
        ("ghp_" + "a" * 36, Form.FOREIGN),
        ("TMFA_" + "a" * 36, Form.FOREIGN),
        (" tmfa_" + "a" * 36, Form.FOREIGN),
        ("tmfa_", Form.MISTYPED),
        ("tmfa_" + "a" * 35, Form.MISTYPED),
        ("tmfa_" + "a" * 36, Form.MISTYPED),
        ("tmfa_" + "é" * 36, Form.MISTYPED),
        ("tmfa_" + "\udcff" * 36, Form.MISTYPED),
        ("tmfa_" + "a" * 100_000, Form.MISTYPED),
    ],
)
def test_what_is_no_token_is_told_apart(token: str, form: Form) -> None:
    assert text.form(Secret(token)) is form


def test_a_good_token_with_a_line_end_is_mistyped() -> None:
    assert text.form(Secret(text.new(SystemEntropy()).reveal() + "\n")) is Form.MISTYPED
