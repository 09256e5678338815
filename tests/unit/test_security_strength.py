"""Which new passwords are refused, and with which words."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_mfa.domain.secret import Secret
from tui_mfa.security.strength import ZxcvbnMeter

OWN = ("jane.doe", "jdoe@example.com", "Jane Doe", "Elestio")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("password", "common password"),
        ("12345678", "common password"),
        ("qwertyuiop", "common password"),
        ("P@ssw0rd1", "commonly used"),
        ("aaaaaaaaaaaa", "Repeats"),
        ("abcdefghijkl", "Sequences"),
        ("zxcvbnm,./", "keys are easy"),
        ("correct1", "guess"),
        ("", "too quickly"),
    ],
)
def test_an_easy_password_is_refused_with_its_reason(password: str, reason: str) -> None:
    problem = ZxcvbnMeter().problem(Secret(password), ())
    assert problem is not None
    assert reason in problem
    assert "uncommon words" in problem


@pytest.mark.parametrize(
    "password", ["lantern violet harbor squeak", "xK9#vQ2!mZ7$pL4", "Fünf müde Dachse tanzen", "kj3h4kj5h6jkh7" * 10]
)
def test_a_good_password_passes(password: str) -> None:
    assert ZxcvbnMeter().problem(Secret(password), OWN) is None


@pytest.mark.parametrize(
    "password",
    [
        "jane.doe lantern violet harbor",
        "lantern JDOE violet harbor",
        "violet-harbor-ｊａｎｅ-lantern",
        "My elestio lantern",
    ],
)
def test_a_word_of_the_account_is_refused(password: str) -> None:
    problem = ZxcvbnMeter().problem(Secret(password), OWN)
    assert problem is not None
    assert "from your account" in problem


@pytest.mark.parametrize("password", ["TUI-MFA lantern violet harbor", "lantern tuimfa violet harbor"])
def test_the_name_of_the_program_is_refused(password: str) -> None:
    problem = ZxcvbnMeter().problem(Secret(password), ())
    assert problem is not None
    assert "name of this program" in problem


def test_short_words_and_the_mail_provider_are_no_reason() -> None:
    assert ZxcvbnMeter().problem(Secret("lantern violet harbor example al"), ("al", "al@example.com")) is None


def test_a_reason_never_repeats_the_password() -> None:
    problem = ZxcvbnMeter().problem(Secret("jane.doe1"), OWN)
    assert problem is not None
    assert "jane" not in problem.lower()


def test_only_the_beginning_is_judged() -> None:
    """More than 72 characters are an error to zxcvbn, and it takes ever longer."""
    assert ZxcvbnMeter().problem(Secret("a" * 72 + "lantern violet harbor squeak"), ()) is not None
    assert ZxcvbnMeter().problem(Secret("lantern violet harbor squeak " + "a" * 900), ()) is None


@settings(max_examples=50, deadline=None)
@given(password=st.text(max_size=20), words=st.lists(st.text(max_size=10), max_size=4))
def test_any_text_gets_an_answer(password: str, words: list[str]) -> None:
    problem = ZxcvbnMeter().problem(Secret(password), tuple(words))
    assert problem is None or problem.endswith(".")


def test_two_people_at_once_are_judged_by_their_own_words() -> None:
    """The library keeps a call's own words in a global; a word backwards is weak only for the one who owns it."""
    meter = ZxcvbnMeter()
    password, own = Secret("vexlukorbiwa"), ("vexlukorbiwa"[::-1],)
    expected = {own: meter.problem(password, own), (): meter.problem(password, ())}
    assert expected[()] is None
    assert expected[own] is not None
    asked: list[tuple[str, ...]] = [(), own] * 50
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)  # lets threads meet inside a call that is shorter than their usual turn
    try:
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda words: meter.problem(password, words), asked))
    finally:
        sys.setswitchinterval(before)
    assert answers == [expected[words] for words in asked]
