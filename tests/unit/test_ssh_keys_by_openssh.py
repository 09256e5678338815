"""Keys made by ssh-keygen, and what ssh-keygen and another library say about those that the rules accept."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_ssh_public_key

from tests.ssh_lines import hardware_ecdsa, hardware_ed25519, make, shown_by
from tui_mfa.domain.ssh_keys import parse
from tui_mfa.domain.ssh_keys.refusals import KeyRefused, Reason

KINDS = [("ed25519", None), ("rsa", 2048), ("rsa", 3072), ("ecdsa", 256), ("ecdsa", 384), ("ecdsa", 521)]


@pytest.fixture
def keygen(tool: Callable[[str], Path]) -> str:
    return str(tool("ssh-keygen"))


@pytest.mark.parametrize(("kind", "bits"), KINDS)
def test_fingerprint_bits_and_type_are_those_of_ssh_keygen(
    keygen: str, tmp_path: Path, kind: str, bits: int | None
) -> None:
    """S53: the same line as ``ssh-keygen -lf``, and the same bytes as in the file."""
    public = make(keygen, tmp_path, kind, bits, "jane doe@läptop").with_suffix(".pub")
    judged = parse.judge(public.read_text())
    key = judged.key
    assert f"{key.bits} {key.fingerprint} {judged.title} ({key.label})" == shown_by(keygen, public)
    assert f"{key.type} {key.text} jane doe@läptop\n" == public.read_text()


@pytest.mark.parametrize("text", [hardware_ed25519(), hardware_ecdsa()])
def test_keys_of_security_keys_have_the_fingerprint_of_ssh_keygen(keygen: str, tmp_path: Path, text: str) -> None:
    """S53: the blob is kept byte for byte, application included."""
    public = tmp_path / "sk.pub"
    public.write_text(text + "\n")
    key = parse.judge(text).key
    assert f"{key.bits} {key.fingerprint} jane@laptop ({key.label})" == shown_by(keygen, public)
    assert key.hardware


@pytest.mark.parametrize(("kind", "bits"), KINDS)
def test_a_second_reader_agrees_on_the_numbers(keygen: str, tmp_path: Path, kind: str, bits: int | None) -> None:
    """S53: a library that others wrote reads the same key."""
    public = make(keygen, tmp_path, kind, bits).with_suffix(".pub")
    key = parse.judge(public.read_text()).key
    other = load_ssh_public_key(f"{key.type} {key.text}".encode())
    assert key.bits == getattr(other, "key_size", 256)
    assert isinstance(other, RSAPublicKey) == (kind == "rsa")


@pytest.mark.parametrize(("form", "reason"), [("RFC4716", Reason.RFC4716), ("PKCS8", Reason.PKCS8)])
def test_another_form_is_refused_with_the_command_that_converts_it(
    keygen: str, tmp_path: Path, form: str, reason: Reason
) -> None:
    """S53: the command of the refusal, run as it is written, gives an accepted key."""
    public = make(keygen, tmp_path, "rsa", 3072).with_suffix(".pub")
    other = tmp_path / "other"
    other.write_text(_out(keygen, "-e", "-m", form, "-f", str(public)))
    with pytest.raises(KeyRefused) as refused:
        parse.judge(other.read_text())
    assert refused.value.reason is reason
    program, *arguments = refused.value.mend.replace("FILE", str(other)).split()
    assert program == "ssh-keygen"
    assert parse.judge(_out(keygen, *arguments)).key == parse.judge(public.read_text()).key


@pytest.mark.parametrize("form", [["-m", "PEM"], ["-m", "PKCS8"], ["-m", "RFC4716"]])
def test_every_form_of_a_private_key_is_recognised(keygen: str, tmp_path: Path, form: list[str]) -> None:
    """S53: what ssh-keygen writes as a private key is refused as one, whole and with its line ends lost."""
    path = make(keygen, tmp_path, "rsa", 2048)
    subprocess.run([keygen, "-q", "-p", "-N", "", *form, "-f", path], check=True, capture_output=True)
    for text in (path.read_text(), path.read_text().replace("\n", " "), path.read_text().replace("\n", "\r\n")):
        with pytest.raises(KeyRefused) as refused:
            parse.judge(text)
        assert refused.value.reason is Reason.PRIVATE


def test_a_certificate_is_refused_and_its_key_is_not(keygen: str, tmp_path: Path) -> None:
    """S53: a certificate is no key, though its fingerprint is that of the bare one."""
    authority = make(keygen, tmp_path, "ecdsa", 256)
    public = make(keygen, tmp_path, "ed25519").with_suffix(".pub")
    subprocess.run([keygen, "-q", "-s", authority, "-I", "jane", public], check=True)
    with pytest.raises(KeyRefused) as refused:
        parse.judge(public.with_name("ed25519-cert.pub").read_text())
    assert refused.value.reason is Reason.CERTIFICATE
    assert parse.judge(public.read_text()).key.kind == "ED25519"


def _out(program: str, *arguments: str) -> str:
    return subprocess.run([program, *arguments], check=True, capture_output=True, text=True).stdout
