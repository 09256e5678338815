"""Why a pasted text is not kept as an SSH key: each reason as a sentence, and the command that mends it."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from tui_mfa.domain.errors import InvalidInput

MAKE: Final = "ssh-keygen -t ed25519"
"""Makes a key of the recommended type."""

SHOW: Final = "cat ~/.ssh/id_ed25519.pub"
"""Shows the line that belongs here."""


class Reason(StrEnum):
    """Every verdict but yes, in the order of the checks."""

    PRIVATE = "private_key"
    EMPTY = "empty"
    TOO_LONG = "too_long"
    CONTROL = "control_characters"
    SEVERAL = "several_keys"
    RFC4716 = "rfc4716"
    PKCS8 = "pkcs8"
    PEM_RSA = "pem_rsa"
    X509 = "x509_certificate"
    PGP = "pgp"
    FINGERPRINT = "fingerprint"
    PATH = "path"
    NO_TYPE = "no_type"
    SSH1 = "ssh1"
    NOT_A_KEY = "not_a_key"
    AUTHORITY = "cert_authority"
    OPTIONS = "options"
    DSA = "dsa"
    CERTIFICATE = "certificate"
    TYPE = "unknown_type"
    BASE64 = "base64"
    MISMATCH = "type_mismatch"
    CUT_OFF = "cut_off"
    TRAILING = "trailing_bytes"
    CURVE = "curve_mismatch"
    SMALL = "too_small"
    LARGE = "too_large"
    EXPONENT = "exponent"
    NUMBERS = "numbers"
    DUPLICATE = "duplicate"
    LIMIT = "limit"


class KeyRefused(InvalidInput):
    """A text is not kept as an SSH key.

    Args:
        reason: Which verdict.
        why: A sentence about what is wrong; it may hold words of the text, so it is shown as plain text only.
        mend: The command that mends it.
    """

    code = "key_refused"

    def __init__(self, reason: Reason, why: str, mend: str) -> None:
        super().__init__(f"{why} {_LEADS.get(reason, 'Run:')} {mend}" if mend else why, field="key")
        self.reason = reason
        self.why = why
        self.mend = mend


_LEADS: Final[Mapping[Reason, str]] = MappingProxyType(
    dict.fromkeys((Reason.DSA, Reason.SMALL, Reason.LARGE, Reason.EXPONENT, Reason.NUMBERS), "Make one:")
    | dict.fromkeys((Reason.TYPE, Reason.PRIVATE, Reason.SSH1), "Make one:")
)
"""What stands before the command, where it is not "Run:"."""

_PASTE_AGAIN: Final = "Copy the whole line of the .pub file again."

_TABLE: Final[Mapping[Reason, tuple[str, str]]] = MappingProxyType(
    {
        Reason.PRIVATE: (
            "This is a PRIVATE key. Never paste it anywhere. It was wiped and not kept. If it is real, stop using it.",
            MAKE,
        ),
        Reason.EMPTY: ("Nothing is here. Paste the line of your .pub file.", SHOW),
        Reason.TOO_LONG: ("This is longer than {most} bytes, which no public key is.", SHOW),
        Reason.CONTROL: ("This holds control characters, so it is not the text of a .pub file.", SHOW),
        Reason.SEVERAL: ("These are {count} keys. Paste one at a time.", SHOW),
        Reason.RFC4716: ("This key is in the form of RFC 4716 (SSH2). Convert it.", "ssh-keygen -i -f FILE"),
        Reason.PKCS8: ("This key is in the form of PKCS#8. Convert it.", "ssh-keygen -i -m PKCS8 -f FILE"),
        Reason.PEM_RSA: ("This key is in the form of PEM. Convert it.", "ssh-keygen -i -m PEM -f FILE"),
        Reason.X509: (
            "This is an X.509 certificate and no SSH key. Take the key out of it.",
            "openssl x509 -in FILE -noout -pubkey | ssh-keygen -i -m PKCS8 -f /dev/stdin",
        ),
        Reason.PGP: ("This is a PGP key. Take the SSH key out of it.", "gpg --export-ssh-key KEY-ID"),
        Reason.FINGERPRINT: ("This is the fingerprint of a key and not the key.", SHOW),
        Reason.PATH: ("This is the name of a file. Paste what stands in it.", "cat {path}"),
        Reason.NO_TYPE: (f"The type before the key is missing. {_PASTE_AGAIN}", SHOW),
        Reason.SSH1: ("This is a key of SSH protocol 1, which OpenSSH has removed.", MAKE),
        Reason.NOT_A_KEY: ("This is not a public key, which starts with its type, such as ssh-ed25519.", SHOW),
        Reason.AUTHORITY: (
            "This line makes a key an authority over other keys (cert-authority). Paste your own key.",
            SHOW,
        ),
        Reason.OPTIONS: (
            "What stands before the key is no option of sshd: {option}. A line of a .pub file starts with the type.",
            SHOW,
        ),
        Reason.DSA: ("This is a DSA key. OpenSSH has removed DSA.", MAKE),
        Reason.CERTIFICATE: (
            "This is a certificate. Paste the .pub file without -cert in its name.",
            "cat ~/.ssh/id_ed25519.pub",
        ),
        Reason.TYPE: ("{type} is no type of key that is accepted here. Accepted are {accepted}.", MAKE),
        Reason.BASE64: (
            f"The key itself is not intact: its base64 has a hole or a wrong character. {_PASTE_AGAIN}",
            SHOW,
        ),
        Reason.MISMATCH: (
            "The line says {outer}, but the key in it says {inner}. Copy the line again, unchanged.",
            SHOW,
        ),
        Reason.CUT_OFF: (f"The key is cut off at its end. {_PASTE_AGAIN}", SHOW),
        Reason.TRAILING: (f"Something that does not belong there follows the key. {_PASTE_AGAIN}", SHOW),
        Reason.CURVE: ("The line says {outer}, but the curve in the key is {inner}.", MAKE),
        Reason.SMALL: ("This RSA key has {bits} bits; {least} are needed at least.", MAKE),
        Reason.LARGE: ("This RSA key has {bits} bits; more than {most} only cost time.", MAKE),
        Reason.EXPONENT: ("The exponent of this RSA key is even or below 3, so it protects nothing.", MAKE),
        Reason.NUMBERS: ("The numbers in this key cannot be right: {what}.", MAKE),
        Reason.DUPLICATE: (
            "You have this key already: “{title}”, added {added}, {fingerprint}.",
            "tui-mfa keys list USERNAME",
        ),
        Reason.LIMIT: (
            "You have {count} SSH keys, and {limit} is the limit (SSH keys per account). Delete one first.",
            "tui-mfa keys delete USERNAME KEY",
        ),
    }
)


def refused(reason: Reason, **values: str) -> KeyRefused:
    """Return the refusal for a reason.

    Args:
        reason: Which.
        values: What its sentence names; cut to what a line can show.
    """
    why, mend = _TABLE[reason]
    shown = {name: value if len(value) <= _VALUE_MAX else value[:_VALUE_MAX] + "…" for name, value in values.items()}
    return KeyRefused(reason, why.format(**shown), mend.format(**shown))


_VALUE_MAX: Final = 160
"""Characters of a value in a sentence; the longest title and the list of types fit."""
