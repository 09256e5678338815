"""What stands inside a public key: its own type, sizes and numbers, read byte by byte.

The bytes are never written anew: a library that reads a security key and writes it again yields another key. The form
is that of RFC 4253 section 6.6 (RSA), RFC 5656 section 3.1 (ECDSA), RFC 8709 section 4 (Ed25519) and OpenSSH's
PROTOCOL.u2f (security keys).
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Final

from tui_mfa.domain.ssh_keys.refusals import Reason, refused

RSA_LEAST: Final = 2048
"""Bits of an RSA key at least (NIST SP 800-57 part 1 table 2: 112 bits of security)."""

RSA_ADVISED: Final = 3072
"""Bits below which a better key is advised (the same table: 128 bits, good beyond 2030)."""

RSA_MOST: Final = 8192
"""Bits above which a key only costs time."""

ED25519: Final = "ssh-ed25519"
ED25519_SK: Final = "sk-ssh-ed25519@openssh.com"
ECDSA_SK: Final = "sk-ecdsa-sha2-nistp256@openssh.com"
RSA: Final = "ssh-rsa"

_CURVES: Final = {"nistp256": 256, "nistp384": 384, "nistp521": 521}
"""Names of the curves, with the bits of their field (RFC 5656 section 10.1)."""

_ECDSA: Final = {f"ecdsa-sha2-{curve}": curve for curve in _CURVES}

ACCEPTED: Final = (ED25519, ED25519_SK, *_ECDSA, ECDSA_SK, RSA)
"""Type strings of keys that are kept, the recommended one first."""

FIELDS: Final = {ED25519: 2, ED25519_SK: 3, **dict.fromkeys(_ECDSA, 3), ECDSA_SK: 4, RSA: 3, "ssh-dss": 5}
"""How many strings a key of each type consists of, its type included."""

_LABELS: Final = {ED25519: "ED25519", ED25519_SK: "ED25519-SK", ECDSA_SK: "ECDSA-SK", RSA: "RSA"}

_ED25519_BYTES: Final = 32
_APPLICATION_MAX: Final = 255


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key that may be kept."""

    type: str
    blob: bytes
    bits: int

    @property
    def text(self) -> str:
        """The blob in base64, as it was given."""
        return base64.b64encode(self.blob).decode()

    @property
    def hardware(self) -> bool:
        """Whether its private half lives in a security key."""
        return self.type.startswith("sk-")

    @property
    def label(self) -> str:
        """The name that ``ssh-keygen -lf`` gives the type."""
        return _LABELS.get(self.type, "ECDSA")

    @property
    def kind(self) -> str:
        """The type for people, with the bits where they differ."""
        fixed = self.hardware or self.type == ED25519
        return self.label + (", hardware" if self.hardware else "" if fixed else f" {self.bits}")

    @property
    def fingerprint(self) -> str:
        """As ``ssh-keygen -lf`` shows it: SHA-256 over the blob in base64 without padding."""
        digest = base64.b64encode(hashlib.sha256(self.blob).digest()).decode().rstrip("=")
        return f"SHA256:{digest}"


def decode(text: str) -> bytes | None:
    """Return the bytes of strict base64 (RFC 4648 section 4, padded, no stray bits), or ``None``."""
    try:
        blob = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return blob if base64.b64encode(blob).decode() == text else None


def split(blob: bytes, most: int = 8) -> tuple[list[bytes], int]:
    """Return the strings at the start of a blob (RFC 4251 section 5), and how many bytes stand behind them.

    Args:
        blob: The bytes.
        most: So many strings are read.

    The rest is -1 when a string is cut off.
    """
    parts: list[bytes] = []
    at = 0
    while at < len(blob) and len(parts) < most:
        size = int.from_bytes(blob[at : at + 4], "big")
        if at + 4 + size > len(blob):
            return parts, -1
        parts.append(blob[at + 4 : at + 4 + size])
        at += 4 + size
    return parts, len(blob) - at


def inner_type(blob: bytes) -> str:
    """Return the type that a blob names itself, or nothing."""
    parts, _ = split(blob, 1)
    return parts[0].decode("ascii", "replace") if parts else ""


def is_whole(text: str) -> bool:
    """Say whether a base64 text is one whole key, no byte more or less; the numbers in it are not looked at."""
    blob = decode(text)
    if not blob:
        return False
    fields = FIELDS.get(inner_type(blob))
    if fields is None:
        return False
    parts, rest = split(blob, fields)
    return rest == 0 and len(parts) == fields


def read(kind: str, text: str) -> PublicKey:
    """Return the key that a type and a base64 text stand for.

    Args:
        kind: The type before the blob, one of ``ACCEPTED``.
        text: The blob in base64.

    Raises:
        KeyRefused: With the reason, in the order of the checks: base64, inner type, length, numbers.
    """
    blob = decode(text)
    if not blob:
        raise refused(Reason.BASE64)
    inside = inner_type(blob)
    if inside != kind:
        raise refused(Reason.MISMATCH, outer=kind, inner=inside)
    parts, rest = split(blob, FIELDS[kind])
    if rest < 0 or len(parts) < FIELDS[kind]:
        raise refused(Reason.CUT_OFF)
    if rest:
        raise refused(Reason.TRAILING)
    return PublicKey(kind, blob, _bits(kind, parts))


def read_stored(text: str) -> PublicKey:
    """Return a key that was kept by its blob alone; raises ``KeyRefused`` like ``read``."""
    kind = inner_type(decode(text) or b"")
    if kind not in ACCEPTED:
        raise refused(Reason.BASE64)
    return read(kind, text)


def _bits(kind: str, parts: list[bytes]) -> int:
    """Check the numbers of a key and return its size."""
    if kind == RSA:
        return _rsa_bits(parts[1], parts[2])
    if kind in {ED25519_SK, ECDSA_SK}:
        _check_application(parts[-1])
    if kind in {ED25519, ED25519_SK}:
        if len(parts[1]) != _ED25519_BYTES:
            raise refused(Reason.NUMBERS, what="an Ed25519 key has 32 bytes")
        return 256
    curve = _ECDSA.get(kind, "nistp256")
    if parts[1] != curve.encode():
        raise refused(Reason.CURVE, outer=kind, inner=parts[1].decode("ascii", "replace"))
    bits = _CURVES[curve]
    # An uncompressed point (SEC 1 section 2.3.3): 04 and two coordinates.
    if len(parts[2]) != 1 + 2 * -(-bits // 8) or parts[2][0] != 4:  # noqa: PLR2004 - the 04 of the comment
        raise refused(Reason.NUMBERS, what=f"this is no point of {curve}")
    return bits


def _rsa_bits(exponent: bytes, modulus: bytes) -> int:
    """Check e and n (RFC 8017 section 3.1: e odd and at least 3) and return the bits of n."""
    e, n = _positive(exponent), _positive(modulus)
    bits = n.bit_length()
    if bits < RSA_LEAST:
        raise refused(Reason.SMALL, bits=str(bits), least=str(RSA_LEAST))
    if bits > RSA_MOST:
        raise refused(Reason.LARGE, bits=str(bits), most=str(RSA_MOST))
    if e < 3 or e % 2 == 0:  # noqa: PLR2004 - the 3 of the docstring
        raise refused(Reason.EXPONENT)
    if n % 2 == 0:
        raise refused(Reason.NUMBERS, what="an RSA modulus is odd")
    return bits


def _positive(number: bytes) -> int:
    """Return a positive mpint in its shortest form (RFC 4251 section 5)."""
    shortest = len(number) < 2 or number[0] != 0 or number[1] & 0x80  # noqa: PLR2004 - one byte is always short
    if not number or number[0] & 0x80 or not shortest:
        raise refused(Reason.NUMBERS, what="a number in it is negative, empty or padded")
    return int.from_bytes(number, "big")


def _check_application(application: bytes) -> None:
    text = application.decode("ascii", "replace")
    if not 0 < len(text) <= _APPLICATION_MAX or not text.isascii() or not text.isprintable():
        raise refused(Reason.NUMBERS, what="its application is not one line of ASCII")
