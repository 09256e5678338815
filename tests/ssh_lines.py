"""Public keys for tests: made by ssh-keygen, or put together byte by byte where it cannot make them."""

import base64
import hashlib
import subprocess
from pathlib import Path
from typing import Final

COMMENT: Final = "jane@laptop"

SK_ED25519: Final = "sk-ssh-ed25519@openssh.com"
SK_ECDSA: Final = "sk-ecdsa-sha2-nistp256@openssh.com"


def string(data: bytes | str) -> bytes:
    """Return an SSH string (RFC 4251 section 5)."""
    raw = data.encode() if isinstance(data, str) else data
    return len(raw).to_bytes(4, "big") + raw


def mpint(number: int) -> bytes:
    """Return a positive mpint (RFC 4251 section 5)."""
    return string(number.to_bytes(number.bit_length() // 8 + 1, "big"))


def line(kind: str, *fields: bytes, inner: str | None = None, more: bytes = b"", comment: str = COMMENT) -> str:
    """Return a line of a .pub file.

    Args:
        kind: The type before the blob.
        fields: What stands in the blob after its type, encoded.
        inner: The type in the blob, where it is another.
        more: Bytes after the last field.
        comment: The end of the line.
    """
    blob = string(inner or kind) + b"".join(fields) + more
    return f"{kind} {base64.b64encode(blob).decode()} {comment}".rstrip()


def seeded(name: str, size: int) -> bytes:
    """Return bytes that are the same in every run, one series for each name."""
    return hashlib.shake_256(name.encode()).digest(size)


def ed25519(name: str = "jane", comment: str = COMMENT) -> str:
    """Return a line that looks like an Ed25519 key, another one for each name."""
    return line("ssh-ed25519", string(seeded(name, 32)), comment=comment)


def rsa(bits: int, *, exponent: int = 65537, even: bool = False, comment: str = COMMENT) -> str:
    """Return a line with numbers like those of an RSA key of a size."""
    number = int.from_bytes(seeded(f"rsa {bits}", -(-bits // 8)), "big") % (1 << bits)
    number |= (1 << (bits - 1)) | 1
    return line("ssh-rsa", mpint(exponent), mpint(number - even), comment=comment)


def hardware_ed25519(application: str = "ssh:") -> str:
    """Return a line that looks like the key of a security key."""
    return line(SK_ED25519, string(seeded("sk", 32)), string(application))


def hardware_ecdsa() -> str:
    """Return a line with the generator of P-256 as a security key's point."""
    return line(SK_ECDSA, string("nistp256"), string(P256), string("ssh:"))


P256: Final = bytes.fromhex(
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
)
"""The generator of the curve (SEC 2 section 2.4.2): a point that is surely on it."""


def make(program: str, folder: Path, kind: str, bits: int | None = None, comment: str = COMMENT) -> Path:
    """Make a key by ssh-keygen and return the file of its private half; the public one is beside it.

    Args:
        program: The path of ssh-keygen.
        folder: Where to.
        kind: ``ed25519``, ``rsa`` or ``ecdsa``.
        bits: The size, where there is a choice.
        comment: The end of the line.
    """
    path = folder / f"{kind}{bits or ''}"
    size = ["-b", str(bits)] if bits else []
    subprocess.run([program, "-q", "-t", kind, *size, "-N", "", "-C", comment, "-f", path], check=True)
    return path


def shown_by(program: str, public: Path) -> str:
    """Return what ``ssh-keygen -lf`` says about a file: bits, fingerprint, comment, type."""
    done = subprocess.run([program, "-lf", public], check=True, capture_output=True, text=True)
    return done.stdout.strip()
