"""argon2id as it is used here: S05 and S06."""

import subprocess
import sys
import threading
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import argon2
import pytest

from tui_mfa.domain.secret import Secret
from tui_mfa.security import passwords as module
from tui_mfa.security.passwords import Argon2Passwords

PASSWORD = Secret("correct horse battery")


@pytest.fixture(scope="module")
def passwords() -> Argon2Passwords:
    return Argon2Passwords()


@pytest.fixture(scope="module")
def hashed(passwords: Argon2Passwords) -> str:
    return passwords.hash(PASSWORD)


def test_the_hash_is_argon2id_above_the_floor(hashed: str) -> None:
    """S05: parsed from the PHC string; the floor is OWASP's m=19456 KiB, t=2, p=1 with a 16-byte salt."""
    parameters = argon2.extract_parameters(hashed)
    assert hashed.startswith("$argon2id$v=19$")
    assert parameters.memory_cost >= 19_456
    assert parameters.time_cost >= 2
    assert parameters.salt_len >= 16
    assert parameters == argon2.profiles.RFC_9106_LOW_MEMORY


def test_the_right_value_fits_and_no_other(passwords: Argon2Passwords, hashed: str) -> None:
    assert passwords.verify(hashed, PASSWORD)
    assert not passwords.verify(hashed, Secret("correct horse batterY"))
    assert not passwords.verify(hashed, Secret(""))


def test_two_hashes_of_one_password_differ(passwords: Argon2Passwords, hashed: str) -> None:
    assert passwords.hash(PASSWORD) != hashed


def test_todays_hash_is_not_outdated(passwords: Argon2Passwords, hashed: str) -> None:
    assert not passwords.outdated(hashed)


@pytest.mark.parametrize(
    "old",
    [
        argon2.PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1),
        argon2.PasswordHasher(memory_cost=1024, time_cost=6, parallelism=6),
        argon2.PasswordHasher(type=argon2.Type.I),
        argon2.PasswordHasher(salt_len=8),
    ],
)
def test_a_hash_of_other_parameters_fits_and_is_outdated(
    passwords: Argon2Passwords, old: argon2.PasswordHasher
) -> None:
    """S05: so that the next login makes it anew."""
    hashed = old.hash(PASSWORD.reveal())
    assert passwords.verify(hashed, PASSWORD)
    assert passwords.outdated(hashed)


@pytest.mark.parametrize(
    "broken", ["", "x", "$argon2id$", "$argon2id$v=19$m=65536,t=3,p=4$AA", "\udcff", "é", "$2b$12$x"]
)
def test_a_broken_hash_fits_nothing(passwords: Argon2Passwords, broken: str) -> None:
    assert not passwords.verify(broken, PASSWORD)
    assert passwords.outdated(broken)


def test_a_cut_hash_fits_nothing(passwords: Argon2Passwords, hashed: str) -> None:
    assert not passwords.verify(hashed[:-1], PASSWORD)


def test_the_same_password_from_another_keyboard_fits(passwords: Argon2Passwords) -> None:
    typed = "Zoë's naïve façade"
    hashed = passwords.hash(Secret(unicodedata.normalize("NFC", typed)))
    assert passwords.verify(hashed, Secret(unicodedata.normalize("NFD", typed)))


@pytest.mark.parametrize("odd", ["", "\0", "a\0b", "\udcff", "\N{PILE OF POO}" * 256])
def test_any_text_can_be_hashed_and_offered(passwords: Argon2Passwords, odd: str) -> None:
    hashed = passwords.hash(Secret(odd))
    assert passwords.verify(hashed, Secret(odd))
    assert not passwords.verify(hashed, Secret(odd + "x"))


def test_an_unknown_name_costs_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """S06: one verification with today's parameters, the first time too."""
    work: list[tuple[str, str, bytes]] = []
    for name in ("hash", "verify"):
        real = getattr(argon2.PasswordHasher, name)

        def spy(self: Any, *args: Any, _name: str = name, _real: Any = real) -> Any:
            work.append((_name, *args) if _name == "verify" else (_name, "", *args))
            return _real(self, *args)

        monkeypatch.setattr(argon2.PasswordHasher, name, spy)
    fresh = Argon2Passwords()
    fresh.verify_nothing(PASSWORD)
    fresh.verify_nothing(PASSWORD)
    assert [name for name, _, _ in work] == ["verify", "verify"]
    for _, dummy, value in work:
        assert argon2.extract_parameters(dummy) == argon2.profiles.RFC_9106_LOW_MEMORY
        assert value == PASSWORD.reveal().encode()
        with pytest.raises(argon2.exceptions.VerifyMismatchError):  # the whole work was done, not a parse error
            argon2.low_level.verify_secret(dummy.encode(), value, argon2.Type.ID)


def test_no_more_hashes_at_a_time_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    running: list[int] = []
    most: list[int] = []
    real = argon2.low_level.hash_secret

    def watched(*args: Any, **kwargs: Any) -> bytes:
        running.append(threading.get_ident())
        most.append(len(running))
        try:
            return real(*args, **kwargs)
        finally:
            running.remove(threading.get_ident())

    monkeypatch.setattr("argon2._password_hasher.hash_secret", watched)
    limited = Argon2Passwords(limit=2)
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: limited.hash(PASSWORD), range(12)))) == 12
    assert max(most) == 2


def test_nothing_heavy_is_imported_before_it_is_used() -> None:
    """The start-up budget: ``keys list --json`` makes these objects and hashes nothing."""
    program = """
import sys
from tui_mfa.domain.secret import Secret
from tui_mfa.security.box import AesGcmBox
from tui_mfa.security.keyring import KeyRing
from tui_mfa.security.passwords import Argon2Passwords
from tui_mfa.security.strength import ZxcvbnMeter
import tui_mfa.security.keyfile, tui_mfa.security.system
Argon2Passwords(), ZxcvbnMeter()
AesGcmBox(KeyRing(active="k", keys={"k": Secret(bytes(32))}, mac=Secret(bytes(32)), source="")).mac("x", b"y")
print(sorted({"argon2", "cryptography", "zxcvbn", "textual", "tinydb"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(("cores", "processes", "each"), [(8, 1, 8), (8, 3, 2), (2, 2, 1), (2, 64, 1), (1, 1, 1)])
def test_processes_share_the_cores(cores: int, processes: int, each: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each hash takes 64 MiB: eight workers must not take eight times as many."""
    monkeypatch.setattr(module, "_cores", lambda: cores)
    assert Argon2Passwords(processes=processes).limit == each
