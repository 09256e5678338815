"""Whoever copies the data folder reads no secret in it, and moving rows about opens none (S22, S32)."""

import base64
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.contract.factory import NOW, new_account
from tui_mfa.domain.account import Authenticator, RecoveryCode, RecoveryCodes
from tui_mfa.domain.errors import KeyUnavailable
from tui_mfa.domain.events import Tag
from tui_mfa.domain.limits import count
from tui_mfa.domain.secret import Secret
from tui_mfa.security.box import AesGcmBox
from tui_mfa.security.keyfile import load_or_create, rotate
from tui_mfa.security.passwords import Argon2Passwords
from tui_mfa.store.tinydb import TinyDBStore


@dataclass
class Person:
    """What one person knows, and the id of their account."""

    account_id: str
    secret: bytes
    password: str
    recovery_code: str
    mailed_code: str
    mac: str


def context(account_id: str) -> str:
    return f"{account_id} totp"


def move_in(store: TinyDBStore, box: AesGcmBox, passwords: Argon2Passwords, name: str) -> Person:
    account = new_account(name)
    person = Person(
        account_id=account.id,
        secret=secrets.token_bytes(32),
        password=f"lantern {name} {secrets.token_hex(4)} ünï",
        recovery_code=f"{secrets.token_hex(8).upper()}",
        mailed_code=f"{secrets.randbelow(10**6):06}",
        mac="",
    )
    person.mac = box.mac("mailed code", f"{account.id} {person.mailed_code}".encode())
    account.password.hash = passwords.hash(Secret(person.password))
    account.authenticator = Authenticator(
        id="0" * 16,
        sealed=box.seal(Secret(person.secret), context(account.id)),
        last_step=1,
        last_step_at=NOW,
        enabled_at=NOW,
        proof_group=3,
    )
    code = RecoveryCode(index="AB", hash=passwords.hash(Secret(person.recovery_code)))
    account.recovery = RecoveryCodes(set_id="K7", made_at=NOW, codes=[code])
    account.profile.company = person.mac
    for _ in range(100):
        account.record(NOW, Tag.TOTP_ENABLED, "192.0.2.1")
    store.create(account)
    with store.bucket(f"name {name}") as tries:
        count(tries, NOW)
    return person


def everything(folder: Path) -> bytes:
    """Return all that a thief of the folder has: contents, names and the targets of links."""
    parts = []
    for path in sorted(folder.rglob("*")):
        parts.append(str(path).encode())
        if path.is_symlink():
            parts.append(str(path.readlink()).encode())
        elif path.is_file():
            parts.append(path.read_bytes())
    return b"\n".join(parts)


def written(secret: bytes) -> Iterator[bytes]:
    """Yield the ways in which bytes may be written down."""
    yield secret
    for text in (
        secret.hex(),
        base64.b32encode(secret).decode().rstrip("="),
        quote(secret),
        str(list(secret))[1:-1],
        str(int.from_bytes(secret, "big")),
    ):
        yield text.encode()
        yield text.replace(" ", "").encode()
    for start in range(3):  # base64 inside something longer looks different at each offset
        inside = base64.b64encode(secret[start : start + (len(secret) - start) // 3 * 3])
        yield inside
        yield inside.translate(bytes.maketrans(b"+/", b"-_"))


def found(thing: bytes, folder: Path) -> bool:
    """Say whether it occurs, in any case of its letters."""
    return thing.lower() in everything(folder).lower()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path


@pytest.fixture
def people(home: Path) -> list[Person]:
    store = TinyDBStore(home / "data")
    box = AesGcmBox(load_or_create(home / "keys" / "keys.json", accounts_exist=False, environ={}))
    passwords = Argon2Passwords()
    return [move_in(store, box, passwords, name) for name in ("alice", "bob")]


def test_the_scan_finds_what_is_there(home: Path, people: list[Person]) -> None:
    """The control: a secret that is written down in any of these ways is found."""
    for number, text in enumerate(written(people[0].secret)):
        (home / "data" / f"leak{number}").write_bytes(b"before " + text + b" after")
        assert found(text, home / "data")
        (home / "data" / f"leak{number}").unlink()
    assert found(people[0].account_id.encode(), home / "data")


def test_no_secret_is_readable_in_the_data_folder(home: Path, people: list[Person]) -> None:
    for person in people:
        for text in written(person.secret):
            assert not found(text, home / "data")
        for word in (person.password, person.recovery_code):
            for text in (*written(word.encode()), word.encode("unicode_escape")):
                assert not found(text, home / "data")
        numbers = re.findall(rb"(?<![0-9a-zA-Z])[0-9]{6}(?![0-9a-zA-Z])", everything(home / "data"))
        assert person.mailed_code.encode() not in numbers


def test_no_key_is_in_the_data_folder(home: Path, people: list[Person]) -> None:
    ring = load_or_create(home / "keys" / "keys.json", accounts_exist=True, environ={})
    for key in (*ring.keys.values(), ring.mac):
        for text in written(key.reveal()):
            assert not found(text, home / "data")


def test_a_mailed_code_is_not_found_by_trying(home: Path, people: list[Person]) -> None:
    """S32: with the dump but without the key, the right code among a thousand does not show; with the key it does."""
    person = people[0]
    account = TinyDBStore(home / "data").get(person.account_id)
    thief = AesGcmBox(load_or_create(home / "thief" / "keys.json", accounts_exist=False, environ={}))
    stored = account.profile.company
    near = range(max(0, int(person.mailed_code) - 500), int(person.mailed_code) + 500)
    assert all(thief.mac("mailed code", f"{account.id} {number:06}".encode()) != stored for number in near)
    owner = AesGcmBox(load_or_create(home / "keys" / "keys.json", accounts_exist=True, environ={}))
    assert owner.mac("mailed code", f"{account.id} {person.mailed_code}".encode()) == stored


def test_a_secret_moved_to_another_account_does_not_open(home: Path, people: list[Person]) -> None:
    """S22: Bob's sealed secret put into Alice's row is useless, and is refused rather than taken."""
    store = TinyDBStore(home / "data")
    alice, bob = people
    stolen = store.get(bob.account_id).authenticator
    assert stolen
    with store.account(alice.account_id) as account:
        account.authenticator = stolen
    box = AesGcmBox(load_or_create(home / "keys" / "keys.json", accounts_exist=True, environ={}))
    moved = store.get(alice.account_id).authenticator
    assert moved
    with pytest.raises(KeyUnavailable):
        box.open(moved.sealed, context(alice.account_id))
    assert box.open(stolen.sealed, context(bob.account_id)).reveal() == bob.secret


def test_after_a_rotation_everything_opens_and_is_renewed_on_use(home: Path, people: list[Person]) -> None:
    """S22."""
    store = TinyDBStore(home / "data")
    box = AesGcmBox(rotate(home / "keys" / "keys.json"))
    for person in people:
        place = context(person.account_id)
        with store.account(person.account_id) as account:
            assert account.authenticator
            assert box.outdated(account.authenticator.sealed)
            account.authenticator.sealed = box.seal(box.open(account.authenticator.sealed, place), place)
        renewed = store.get(person.account_id).authenticator
        assert renewed
        assert not box.outdated(renewed.sealed)
        assert box.open(renewed.sealed, place).reveal() == person.secret


def test_without_the_key_file_nothing_opens_and_none_is_made(home: Path, people: list[Person]) -> None:
    (home / "keys" / "keys.json").unlink()
    store = TinyDBStore(home / "data")
    with pytest.raises(KeyUnavailable, match="is missing, but there are accounts"):
        load_or_create(home / "keys" / "keys.json", accounts_exist=not store.is_empty(), environ={})
    assert not (home / "keys" / "keys.json").exists()
