"""Time-based codes against published values, the seed's own, and oathtool."""

import random
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import SeededEntropy
from tui_mfa.domain.errors import InvalidInput
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor import totp

RFC = Secret(b"12345678901234567890")
SEED = totp.from_base32(Secret("MRJG26KDOQ4VMPDJJE2HWN2VPJYVIW2CPN3E6SLGMY2GC5KUOJGA"))


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def code(secret: Secret[bytes], seconds: int) -> str:
    return totp.code_at(secret, totp.step_at(at(seconds))).reveal()


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_rfc_6238_appendix_b(seconds: int, expected: str) -> None:
    """S15, S20: SHA-1, thirty seconds, six digits, also beyond 2**32 seconds."""
    assert code(RFC, seconds) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "113544"),
        (59, "553133"),
        (1350, "005112"),
        (1111111109, "473173"),
        (1234567890, "517904"),
        (2000000000, "589673"),
        (20000000000, "612968"),
    ],
)
def test_sample_secret_of_the_product_page(seconds: int, expected: str) -> None:
    """S15: leading zeros stay, the counter is wider than 32 bits."""
    assert code(SEED, seconds) == expected


def test_oathtool_agrees_on_a_thousand_secrets(tool: Callable[[str], Path]) -> None:
    """S15, S69: another program, written by others, makes the same codes."""
    chance, entropy = random.Random(6238), SeededEntropy(6238)
    asked = [(totp.new_secret(entropy), chance.randrange(253_402_300_800)) for _ in range(1000)]
    theirs = []
    for start in range(0, len(asked), 50):
        running = [
            subprocess.Popen(
                [tool("oathtool"), "--totp", "--base32", "--now", f"@{seconds}", "-"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for _, seconds in asked[start : start + 50]
        ]
        for process, (secret, _) in zip(running, asked[start:], strict=False):
            theirs.append(process.communicate(totp.to_base32(secret).reveal())[0].strip())
    assert theirs == [code(secret, seconds) for secret, seconds in asked]


def test_secrets_are_32_random_bytes() -> None:
    """S14: 52 characters of base32 without padding, all different, and not just printable text."""
    entropy = SeededEntropy(14)
    secrets = [totp.new_secret(entropy) for _ in range(200)]
    shown = {totp.to_base32(secret).reveal() for secret in secrets}
    assert len(shown) == 200
    assert {len(text) for text in shown} == {52}
    assert set("".join(shown)) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")
    assert {len(secret.reveal()) for secret in secrets} == {32}
    assert not any(secret.reveal().isascii() for secret in secrets)
    seen = {byte for secret in secrets for byte in secret.reveal()}
    assert seen == set(range(256))


@given(st.binary(min_size=32, max_size=32))
def test_base32_round_trip_in_any_form(value: bytes) -> None:
    """S18, S37: what a person copied by hand reads back: case, groups, hyphens, padding."""
    text = totp.to_base32(Secret(value)).reveal()
    grouped = " ".join(text[start : start + 4] for start in range(0, 52, 4))
    for form in (text, text.lower(), grouped, grouped.lower().replace(" ", "-"), f"{text}====", f"  {text} "):
        assert totp.from_base32(Secret(form)).reveal() == value


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "52 characters"),
        ("MRJG", "52 characters"),
        ("A" * 53, "52 characters"),
        ("A" * 51 + "0", "O, I or B"),
        ("A" * 51 + "8", "O, I or B"),
        ("A" * 51 + "9", "letters A to Z"),
        ("A" * 51 + "é", "letters A to Z"),
        ("A" * 51 + "\x00", "letters A to Z"),
        ("A" * 51 + "\ud800", "letters A to Z"),
        ("A" * 10_000, "52 characters"),
    ],
    ids=lambda value: ascii(value)[:20],
)
def test_what_is_no_secret_is_told_why(text: str, words: str) -> None:
    """S18: each mistake gets its sentence; none repeats the secret."""
    with pytest.raises(InvalidInput, match=words) as caught:
        totp.from_base32(Secret(text))
    assert len(text) < 8 or text not in caught.value.user_message


FIRST, LAST = 1_800_000_000, 1_800_000_029
"""The first and the last second of a step."""


@pytest.mark.parametrize(
    ("now", "shift", "fits"),
    [
        *((FIRST, shift, False) for shift in (-61, -59, -31, 60, 61)),
        *((FIRST, shift, True) for shift in (-30, -29, 0, 29, 31, 59)),
        *((LAST, shift, False) for shift in (-61, -60, 31, 59, 61)),
        *((LAST, shift, True) for shift in (-59, -31, -29, 0, 29, 30)),
    ],
)
def test_window_in_seconds(now: int, shift: int, fits: bool) -> None:
    """S16, S25: steps -1, 0, +1 always, and nothing is learned: a phone may be off by -30 to +59 s, or -59 to +30 s."""
    assert (totp.match(SEED, code(SEED, now + shift), at(now)) is not None) == fits


@pytest.mark.parametrize("second", range(0, 30, 7))
@pytest.mark.parametrize("offset", range(-4, 5))
def test_window_whatever_the_second(second: int, offset: int) -> None:
    """S16: which steps fit does not depend on the second within the step."""
    step = 60_000_000
    found = totp.match(SEED, totp.code_at(SEED, step + offset).reveal(), at(step * 30 + second))
    assert (found is not None) == (-1 <= offset <= 1)
    assert found is None or found.step == step + offset


def test_no_step_before_the_epoch() -> None:
    """S20: step -1 has no code."""
    assert totp.match(SEED, code(SEED, 0), at(0)) == totp.Match(0)


@pytest.mark.parametrize(("seconds", "left"), [(0, 30), (1, 29), (29, 1), (30, 30), (59.9, 1)])
def test_seconds_left(seconds: float, left: int) -> None:
    assert totp.seconds_left(at(seconds)) == left


@pytest.mark.parametrize("steps", [2, 3, -2, -40, 60, -60])
def test_skew_is_found_up_to_half_an_hour(steps: int) -> None:
    """S25: a phone outside the window is told by how much it is off."""
    now = 1_800_000_015  # the middle of a step
    found = totp.find_skew(SEED, code(SEED, now + 30 * steps), at(now))
    assert found == totp.Skewed(30 * steps)


@pytest.mark.parametrize("steps", [0, 1, -1, 61, -61])
def test_no_skew_inside_the_window_or_too_far(steps: int) -> None:
    """S25: inside the window there is nothing to tell, beyond half an hour nothing is looked for."""
    assert totp.find_skew(SEED, code(SEED, 1_800_000_015 + 30 * steps), at(1_800_000_015)) is None
