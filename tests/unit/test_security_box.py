"""Secrets at rest: S22, and the keyed hashes of S32."""

import base64
import hashlib
import hmac

import pytest
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from tui_mfa.domain.errors import KeyUnavailable
from tui_mfa.domain.secret import Secret
from tui_mfa.security.box import AesGcmBox
from tui_mfa.security.keyring import KeyRing

SECRET = Secret(bytes(range(32)))


def ring(active: str = "k00000001", fill: int = 1, **more: int) -> KeyRing:
    """Return a ring of one key, or more, each filled with one byte."""
    keys = {name: Secret(bytes([byte]) * 32) for name, byte in {active: fill, **more}.items()}
    return KeyRing(active=active, keys=keys, mac=Secret(b"\x07" * 32), source="/etc/tui-mfa/keys.json")


@given(data=st.binary(max_size=200), context=st.text(max_size=50))
def test_what_is_sealed_opens_again(data: bytes, context: str) -> None:
    box = AesGcmBox(ring())
    assert box.open(box.seal(Secret(data), context), context).reveal() == data


def test_the_form_names_version_and_key() -> None:
    version, key_id, text = AesGcmBox(ring()).seal(SECRET, "a").split(".")
    assert (version, key_id) == ("v1", "k00000001")
    assert len(base64.urlsafe_b64decode(text)) == 12 + 32 + 16  # nonce, secret, tag


def test_each_seal_has_its_own_nonce() -> None:
    box = AesGcmBox(ring())
    nonces = {base64.urlsafe_b64decode(box.seal(SECRET, "a").split(".")[2])[:12] for _ in range(200)}
    assert len(nonces) == 200


def test_a_swapped_context_opens_nothing() -> None:
    """S22: one account's row put into another's does not decrypt."""
    box = AesGcmBox(ring())
    sealed = {context: box.seal(SECRET, context) for context in ("totp|alice|1", "totp|bob|1", "totp|alice|2")}
    for own, text in sealed.items():
        for other in sealed:
            if own == other:
                assert box.open(text, other).reveal() == SECRET.reveal()
            else:
                with pytest.raises(KeyUnavailable):
                    box.open(text, other)


def test_another_key_of_the_same_name_opens_nothing() -> None:
    sealed = AesGcmBox(ring(fill=1)).seal(SECRET, "a")
    with pytest.raises(KeyUnavailable, match=r"/etc/tui-mfa/keys\.json"):
        AesGcmBox(ring(fill=2)).open(sealed, "a")


def test_a_key_that_is_not_there_is_said_so() -> None:
    sealed = AesGcmBox(ring("k00000001")).seal(SECRET, "a")
    with pytest.raises(KeyUnavailable, match="not in /etc/tui-mfa/keys"):
        AesGcmBox(ring("k00000002")).open(sealed, "a")


def test_the_key_id_is_bound_too() -> None:
    box = AesGcmBox(ring("k00000001", 1, k00000002=1))
    sealed = box.seal(SECRET, "a").replace("k00000001", "k00000002")
    with pytest.raises(KeyUnavailable):
        box.open(sealed, "a")


def test_after_a_rotation_old_rows_open_and_are_outdated() -> None:
    old = AesGcmBox(ring("k00000001", 1)).seal(SECRET, "a")
    box = AesGcmBox(ring("k00000002", 2, k00000001=1))
    assert box.open(old, "a").reveal() == SECRET.reveal()
    assert box.outdated(old)
    new = box.seal(SECRET, "a")
    assert not box.outdated(new)
    assert new.startswith("v1.k00000002.")


@given(place=st.integers(0, 90), bit=st.integers(0, 6))
def test_no_changed_character_goes_unnoticed(place: int, bit: int) -> None:
    box = AesGcmBox(ring())
    sealed = box.seal(SECRET, "a")
    place %= len(sealed)
    changed = sealed[:place] + chr(ord(sealed[place]) ^ 1 << bit) + sealed[place + 1 :]
    with pytest.raises(KeyUnavailable):
        box.open(changed, "a")


@pytest.mark.parametrize("broken", ["", "v1", "v1.", "v1.k00000001", "v1.k00000001.", "v1.k00000001.!", "v2.k.AA", "é"])
def test_a_broken_form_is_an_error_of_ours(broken: str) -> None:
    with pytest.raises(KeyUnavailable):
        AesGcmBox(ring()).open(broken, "a")


def test_no_error_tells_what_was_stored() -> None:
    box = AesGcmBox(ring())
    sealed = box.seal(SECRET, "a")
    for text, context in ((sealed, "b"), (sealed[:-4], "a"), (sealed.replace("k0", "k1"), "a")):
        with pytest.raises(KeyUnavailable) as caught:
            box.open(text, context)
        assert sealed[13:40] not in caught.value.user_message


def test_the_mac_is_hmac_with_a_key_by_hkdf() -> None:
    """S32, against the other implementation of RFC 5869."""
    derived = HKDF(SHA256(), 32, None, b"tui-mfa mac mailed code").derive(b"\x07" * 32)
    assert AesGcmBox(ring()).mac("mailed code", b"data") == hmac.new(derived, b"data", hashlib.sha256).hexdigest()


def test_each_purpose_has_its_own_key() -> None:
    box = AesGcmBox(ring())
    assert len({box.mac(purpose, b"data") for purpose in ("a", "b", "")}) == 3


def test_the_mac_outlives_rotations_and_differs_between_installations() -> None:
    first = ring("k00000001", 1)
    rotated = ring("k00000002", 2, k00000001=1)
    elsewhere = KeyRing(active=first.active, keys=first.keys, mac=Secret(b"\x08" * 32), source="")
    assert AesGcmBox(first).mac("a", b"x") == AesGcmBox(rotated).mac("a", b"x")
    assert AesGcmBox(first).mac("a", b"x") != AesGcmBox(elsewhere).mac("a", b"x")
