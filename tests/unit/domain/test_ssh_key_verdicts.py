"""Every kind of text that people paste in the place of an SSH key, and what becomes of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ssh_lines import (
    P256,
    SK_ECDSA,
    ed25519,
    hardware_ecdsa,
    hardware_ed25519,
    line,
    mpint,
    rsa,
    string,
)
from tui_mfa.domain.ssh_keys import blob, parse
from tui_mfa.domain.ssh_keys.refusals import MAKE, SHOW, KeyRefused, Reason

KEY = ed25519()
TYPE, BASE64, COMMENT = KEY.split()
BARE = f"{TYPE} {BASE64}"
DSS = line("ssh-dss", mpint(2**1023 + 1), mpint(2**159 + 1), mpint(2), mpint(3))
CERTIFICATE = line("ssh-ed25519-cert-v01@openssh.com", string(b"n" * 32), string(b"k" * 32))
HARDWARE_CERTIFICATE = line("sk-ssh-ed25519-cert-v01@openssh.com", string(b"n" * 32))
ECDSA = "ecdsa-sha2-nistp256"
WRAPPED = "-----BEGIN OPENSSH\nPRIVATE KEY-----\nb3Bl\nbnNz\naC1rZXktdjEAAAAA"
PRIVATE_PEM = "-----BEGIN {} PRIVATE KEY-----\nMIIE\n-----END {} PRIVATE KEY-----"
CONVERT = "ssh-keygen -i"

ACCEPTED: list[tuple[str, str, str, tuple[str, ...]]] = [
    # input, kind, proposed title, dropped options
    (KEY, "ED25519", COMMENT, ()),
    (BARE, "ED25519", "", ()),
    (KEY + "\r\n", "ED25519", COMMENT, ()),
    ("\ufeff" + KEY + "\r\n\r\n", "ED25519", COMMENT, ()),
    ("\n\n   " + KEY + "  \n", "ED25519", COMMENT, ()),
    (f"{TYPE}\t{BASE64}\t{COMMENT}", "ED25519", COMMENT, ()),
    (f"# my key\n{KEY}", "ED25519", COMMENT, ()),
    (f"{BARE} Jane Doë, work – 2026 [x]", "ED25519", "Jane Doë, work – 2026 [x]", ()),
    (f"{BARE} ssh-rsa is old", "ED25519", "ssh-rsa is old", ()),
    (f"{BARE} a\u200bb\u202ec", "ED25519", "abc", ()),
    (f"{BARE} " + "x" * 300, "ED25519", "x" * 100, ()),
    (f"{TYPE} {BASE64[:30]}\n{BASE64[30:]} {COMMENT}", "ED25519", COMMENT, ()),
    (f"{TYPE}\n{BASE64[:30]}\r\n  {BASE64[30:]}\n{COMMENT}", "ED25519", COMMENT, ()),
    (f"ssh-ed\n25519 {BASE64}", "ED25519", "", ()),
    (f"{TYPE} {BASE64}\njane", "ED25519", "jane", ()),
    (f"no-pty {KEY}", "ED25519", COMMENT, ("no-pty",)),
    (f'restrict,command="echo \\"a, b\\" ssh-rsa AAAA",no-X11-forwarding {KEY}', "ED25519", COMMENT,
     ("restrict", "command", "no-X11-forwarding")),
    (f'from="10.0.0.0/8",expiry-time="20270101" {BARE}', "ED25519", "", ("from", "expiry-time")),
    (hardware_ed25519(), "ED25519-SK, hardware", COMMENT, ()),
    (hardware_ed25519("ssh:work"), "ED25519-SK, hardware", COMMENT, ()),
    (hardware_ecdsa(), "ECDSA-SK, hardware", COMMENT, ()),
    (line(ECDSA, string("nistp256"), string(P256)), "ECDSA 256", COMMENT, ()),
    (rsa(2048), "RSA 2048", COMMENT, ()),
    (rsa(8192), "RSA 8192", COMMENT, ()),
    (rsa(3072, exponent=3), "RSA 3072", COMMENT, ()),
]  # fmt: skip

REFUSED = [
    (WRAPPED, Reason.PRIVATE, MAKE),
    (PRIVATE_PEM.format("OPENSSH", "OPENSSH"), Reason.PRIVATE, MAKE),
    (PRIVATE_PEM.format("RSA", "RSA"), Reason.PRIVATE, MAKE),
    (PRIVATE_PEM.format("ENCRYPTED", "ENCRYPTED"), Reason.PRIVATE, MAKE),
    (PRIVATE_PEM.format("RSA", "RSA").replace("\n", " "), Reason.PRIVATE, MAKE),
    ("-----BEGIN PRIVATE KEY-----\nMC4CAQAw\n-----END PRIVATE KEY-----", Reason.PRIVATE, MAKE),
    ("---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/56\n", Reason.PRIVATE, MAKE),
    ("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none", Reason.PRIVATE, MAKE),
    ("b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQ", Reason.PRIVATE, MAKE),
    (f"{KEY}\n" + PRIVATE_PEM.format("OPENSSH", "OPENSSH"), Reason.PRIVATE, MAKE),
    ("y" * 20_000 + PRIVATE_PEM.format("EC", "EC"), Reason.PRIVATE, MAKE),
    ("", Reason.EMPTY, SHOW),
    (" \r\n# nothing\n", Reason.EMPTY, SHOW),
    (f"{BARE} " + "x" * 16_384, Reason.TOO_LONG, SHOW),
    (f"{BARE} " + "é" * 9_000, Reason.TOO_LONG, SHOW),
    (f"{BARE} jane\x1b[2J", Reason.CONTROL, SHOW),
    (f"{BARE}\x00", Reason.CONTROL, SHOW),
    (f"{BARE} a\u2028b", Reason.CONTROL, SHOW),
    (f"{KEY}\n{ed25519('other')}", Reason.SEVERAL, SHOW),
    (f"{KEY} {rsa(2048)}", Reason.SEVERAL, SHOW),
    ("---- BEGIN SSH2 PUBLIC KEY ----\nComment: x\nAAAA\n---- END SSH2 PUBLIC KEY ----", Reason.RFC4716, CONVERT),
    ("-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----", Reason.PKCS8, f"{CONVERT} -m PKCS8"),
    ("-----BEGIN RSA PUBLIC KEY-----\nMIIB\n-----END RSA PUBLIC KEY-----", Reason.PEM_RSA, f"{CONVERT} -m PEM"),
    ("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", Reason.X509, "openssl x509"),
    ("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQEN", Reason.PGP, "gpg --export-ssh-key"),
    ("SHA256:jXUZl7opkvc6I8TiQHZFW/nKWzl/XYk4sZDcQ0Jcka4", Reason.FINGERPRINT, SHOW),
    ("256 MD5" + ":0a" * 16 + " jane (ED25519)", Reason.FINGERPRINT, SHOW),
    ("~/.ssh/id_rsa.pub", Reason.PATH, "cat ~/.ssh/id_rsa.pub"),
    (BASE64, Reason.NO_TYPE, SHOW),
    ("1024 65537 " + "7" * 300 + " jane", Reason.SSH1, MAKE),
    ("hello", Reason.NOT_A_KEY, SHOW),
    ("[bold]ssh-ed25519[/] AAAA", Reason.NOT_A_KEY, SHOW),
    (f"cert-authority {KEY}", Reason.AUTHORITY, SHOW),
    (f'CERT-AUTHORITY,principals="jane" {KEY}', Reason.AUTHORITY, SHOW),
    (f"github.com {KEY}", Reason.OPTIONS, SHOW),
    (f'command="rm -rf / {KEY}', Reason.OPTIONS, SHOW),
    (f"no-pty no-such-option {KEY}", Reason.OPTIONS, SHOW),
    (DSS, Reason.DSA, MAKE),
    (CERTIFICATE, Reason.CERTIFICATE, "cat ~/.ssh/id_ed25519.pub"),
    (HARDWARE_CERTIFICATE, Reason.CERTIFICATE, "cat"),
    (line("ssh-xmss@openssh.com", string(b"x")), Reason.TYPE, MAKE),
    (line("ssh-ed448", string(b"x" * 57)), Reason.TYPE, MAKE),
    (line("ssh-quantum", string(b"x" * 32)), Reason.TYPE, MAKE),
    (f"{TYPE} AAAA!!!! x", Reason.BASE64, SHOW),
    (f"{TYPE}", Reason.BASE64, SHOW),
    (f"{TYPE} {BASE64[:-1]}", Reason.BASE64, SHOW),
    (hardware_ecdsa().replace("==", "").replace("= ", " "), Reason.BASE64, SHOW),
    (line("ssh-ed25519", string(b"k" * 32), inner="ssh-rsa"), Reason.MISMATCH, SHOW),
    (line("ssh-rsa", string(b"k" * 32), inner="ssh-ed25519"), Reason.MISMATCH, SHOW),
    (line("ssh-ed25519", string(b"k" * 32), string("ssh:"), inner="sk-ssh-ed25519@openssh.com"), Reason.MISMATCH, SHOW),
    (f"{TYPE} {BASE64[:40]}", Reason.CUT_OFF, SHOW),
    (line("ssh-rsa", mpint(65537)), Reason.CUT_OFF, SHOW),
    (line("ssh-ed25519", string(b"k" * 32), more=b"abc"), Reason.TRAILING, SHOW),
    (line("ssh-ed25519", string(b"k" * 32), string(b"more")), Reason.TRAILING, SHOW),
    (line(ECDSA, string("nistp384"), string(P256)), Reason.CURVE, MAKE),
    (line(SK_ECDSA, string("nistp521"), string(P256), string("ssh:")), Reason.CURVE, MAKE),
    (rsa(1024), Reason.SMALL, MAKE),
    (rsa(2047), Reason.SMALL, MAKE),
    (rsa(8193), Reason.LARGE, MAKE),
    (rsa(2048, exponent=1), Reason.EXPONENT, MAKE),
    (rsa(2048, exponent=65536), Reason.EXPONENT, MAKE),
    (rsa(2048, even=True), Reason.NUMBERS, MAKE),
    (line("ssh-rsa", mpint(3), string(b"\xff" * 256)), Reason.NUMBERS, MAKE),
    (line("ssh-rsa", string(b"\x00\x03"), string(b"\x7f" * 257)), Reason.NUMBERS, MAKE),
    (line("ssh-ed25519", string(b"k" * 31)), Reason.NUMBERS, MAKE),
    (line(ECDSA, string("nistp256"), string(b"\x02" + P256[1:33])), Reason.NUMBERS, MAKE),
    (line("sk-ssh-ed25519@openssh.com", string(b"k" * 32), string(b"ssh:\n")), Reason.NUMBERS, MAKE),
]  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "title", "dropped"), ACCEPTED)
def test_a_key_is_accepted_whatever_surrounds_it(text: str, kind: str, title: str, dropped: tuple[str, ...]) -> None:
    """S53, S54: wrapped, with DOS line ends, with a byte order mark, with options, which are named and dropped."""
    judged = parse.judge(text)
    assert (judged.key.kind, judged.title, judged.dropped) == (kind, title, dropped)


@pytest.mark.parametrize(("text", "reason", "mend"), REFUSED)
def test_a_refusal_has_its_reason_and_the_command_that_mends_it(text: str, reason: Reason, mend: str) -> None:
    """S53: the verdicts, each with a sentence and a command."""
    with pytest.raises(KeyRefused) as refused:
        parse.judge(text)
    error = refused.value
    assert error.reason is reason
    assert error.mend.startswith(mend)
    assert error.why.endswith(".")
    assert error.user_message.startswith(error.why)
    assert error.user_message.endswith(error.mend)
    assert error.field == "key"


def test_every_reason_is_in_the_table() -> None:
    """S53: no verdict without an input; the last two need an account."""
    assert {reason for _text, reason, _mend in REFUSED} | {Reason.DUPLICATE, Reason.LIMIT} == set(Reason)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("y" * 20_000 + "\x1b", Reason.TOO_LONG),
        (f"{KEY}\n{ed25519('other')}\x1b", Reason.CONTROL),
        (f"cert-authority {KEY} {ed25519('other')}", Reason.SEVERAL),
        (f"no-such-option {DSS}", Reason.OPTIONS),
        (f"{DSS.split()[0]} !!!!", Reason.DSA),
        (f"ssh-rsa {BASE64[:39]}", Reason.BASE64),
        (f"ssh-rsa {BASE64[:40]}", Reason.MISMATCH),
        (line("ssh-rsa", mpint(2), mpint(4), more=b"x"), Reason.TRAILING),
        (line("ssh-rsa", mpint(2), mpint(4)), Reason.SMALL),
    ],
)
def test_the_checks_have_an_order(text: str, first: Reason) -> None:
    """S53: of several faults, the first in the order of the checks is named."""
    with pytest.raises(KeyRefused) as refused:
        parse.judge(text)
    assert refused.value.reason is first


def test_a_weak_key_is_accepted_with_advice() -> None:
    """S53: RSA from 2048 bits on is accepted, below 3072 with advice."""
    assert "3072" in parse.judge(rsa(2048)).advice
    assert parse.judge(rsa(3072)).advice == ""


def test_a_refusal_repeats_nothing_of_a_private_key() -> None:
    """S53: neither the message nor the error's own text holds a part of it."""
    secret = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2g"
    with pytest.raises(KeyRefused) as refused:
        parse.judge(f"-----BEGIN OPENSSH PRIVATE KEY-----\n{secret}\n-----END OPENSSH PRIVATE KEY-----")
    assert not any(secret[at : at + 12] in f"{refused.value!r} {refused.value.user_message}" for at in range(50))


@given(width=st.integers(1, 120), end=st.sampled_from(["\n", "\r\n", "\r", "\n  "]), bits=st.sampled_from([2048, 4096]))
def test_a_key_wrapped_at_any_width_is_the_same_key(width: int, end: str, bits: int) -> None:
    """S53: lines broken by a window's edge are joined, in the type and in the base64."""
    for text in (KEY, rsa(bits), hardware_ed25519(), hardware_ecdsa()):
        wrapped = end.join(text[at : at + width] for at in range(0, len(text), width))
        assert parse.judge(wrapped).key.blob == parse.judge(text).key.blob


@given(st.text(max_size=400))
def test_any_text_is_a_key_or_refused(text: str) -> None:
    """S53: nothing that is pasted raises anything else."""
    for prefix in ("", f"{TYPE} ", f"{TYPE} AAAA", BARE[:50], 'command="'):
        _either(prefix + text)


@given(st.binary(max_size=200), st.sampled_from(blob.ACCEPTED))
def test_any_bytes_are_a_key_or_refused(data: bytes, kind: str) -> None:
    """S53: lengths that point anywhere raise nothing else."""
    for fields in ((data,), (string(data),), (string(data), data), (mpint(65537), data)):
        _either(line(kind, *fields))


def _either(text: str) -> Any:
    try:
        judged = parse.judge(text)
    except KeyRefused:
        return None
    assert judged.key.text in "".join(text.split())
    return judged
