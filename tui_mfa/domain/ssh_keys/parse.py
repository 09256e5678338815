"""From a pasted text to one public key, or to the reason why not.

The checks stand in this order: private key, size, control characters, one key only, format, options, type, base64,
inner type, length, numbers. (Duplicates and the limit need the account: see ``flows``.) The private key comes first
because nothing else matters then, not even that the text is too long.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from tui_mfa.domain.names import TEXT_MAX
from tui_mfa.domain.ssh_keys import blob
from tui_mfa.domain.ssh_keys.blob import PublicKey
from tui_mfa.domain.ssh_keys.refusals import Reason, refused

SIZE_MAX: Final = 16 * 1024
"""Bytes of a pasted text; sshd reads lines of up to 8 kB."""

OPTIONS: Final = frozenset(
    (
        *("agent-forwarding", "cert-authority", "command", "environment", "expiry-time", "from"),
        *("no-agent-forwarding", "no-port-forwarding", "no-pty", "no-touch-required", "no-user-rc"),
        *("no-x11-forwarding", "permitlisten", "permitopen", "port-forwarding", "principals", "pty", "restrict"),
        *("tunnel", "user-rc", "verify-required", "x11-forwarding"),
    )
)
"""Options that sshd(8) knows, in lower case; all are taken away."""

_DSA: Final = "ssh-dss"
_CERTIFICATES: Final = tuple(
    f"{kind.removesuffix('@openssh.com')}-cert-v01@openssh.com" for kind in (*blob.ACCEPTED, _DSA)
)
_KNOWN: Final = (*_CERTIFICATES, *blob.ACCEPTED, _DSA, "ssh-xmss@openssh.com", "ssh-ed448")
"""Types that are told apart; a certificate's name stands before the bare one."""

_TYPE: Final = re.compile("|".join("\n?".join(map(re.escape, kind)) for kind in _KNOWN))
"""A type, also one that the window's edge has broken in two."""

_PRIVATE: Final = re.compile(
    r"PRIVATEKEY-----?|BEGINSSH2ENCRYPTEDPRIVATEKEY|PUTTY-USER-KEY-FILE-|PRIVATE-LINES:|OPENSSH-KEY-V1", re.IGNORECASE
)
_PRIVATE_BASE64: Final = "b3BlbnNzaC1rZXktdjE"
"""``openssh-key-v1``, with which the base64 of every OpenSSH private key begins."""

_BASE64: Final = re.compile(r"[A-Za-z0-9+/]+={0,2}|={1,2}")
_OPTION: Final = re.compile(r'([A-Za-z0-9-]+)(?:="(?:[^"\\]|\\.)*")?(?:,|$)')

_FORMS: Final = (
    (re.compile(r"-{4,5} ?BEGIN SSH2 PUBLIC KEY"), Reason.RFC4716),
    (re.compile(r"-----BEGIN PUBLIC KEY-----"), Reason.PKCS8),
    (re.compile(r"-----BEGIN (?:RSA|DSA|EC) PUBLIC KEY-----"), Reason.PEM_RSA),
    (re.compile(r"-----BEGIN (?:TRUSTED )?CERTIFICATE-----"), Reason.X509),
    (re.compile(r"-----BEGIN PGP "), Reason.PGP),
    (re.compile(r"(?:\d+ )?(?:SHA256:[A-Za-z0-9+/]{43}|MD5(?::[0-9a-f]{2}){16})\b"), Reason.FINGERPRINT),
    (re.compile(r"(?:~|\.{0,2})/?[\w./-]*\.pub$"), Reason.PATH),
    (re.compile(r"\d{3,5} \d+ \d{50,}"), Reason.SSH1),
    (re.compile(r"AAAA[A-Za-z0-9+/]{12}"), Reason.NO_TYPE),
)
"""What people paste in the place of a key, by how it starts."""

_STRANGE_TYPE: Final = re.compile(r"(?:^|\s)([A-Za-z][A-Za-z0-9@.-]*)\s+AAAA")


@dataclass(frozen=True, slots=True)
class Judged:
    """A text that holds one acceptable key."""

    key: PublicKey
    title: str
    """The comment, made fit for a title; usually ``user@machine``."""
    dropped: tuple[str, ...]
    """Names of the options that stood before the key."""
    advice: str
    """A sentence about a key that is accepted but weaker than advised."""


def is_private(text: str) -> bool:
    """Say whether a text holds a private key of any form, however it was wrapped."""
    joined = "".join(text.split())
    return _PRIVATE.search(joined) is not None or _PRIVATE_BASE64 in joined


def judge(text: str) -> Judged:
    """Return the key that a text holds.

    Args:
        text: Pasted, or read from a file: one line as in a ``.pub`` file, perhaps wrapped, with DOS line ends, with a
            byte order mark, with a comment, with options.

    Raises:
        KeyRefused: With the reason and the command that mends it.
    """
    lines = _lines(text)
    found = _first_type(lines)
    if found is None:
        raise _not_a_key(lines)
    more = _keys(lines[found.end() :])
    if more:
        raise refused(Reason.SEVERAL, count=str(1 + more))
    dropped = _options(lines[: found.start()])
    kind = found[0].replace("\n", "")
    if kind not in blob.ACCEPTED:
        raise _not_accepted(kind)
    body, comment = _body(lines[found.end() :])
    key = blob.read(kind, body)
    return Judged(key, _title(comment), dropped, _advice(key))


def _lines(text: str) -> str:
    """Return what the text holds as trimmed lines, without empty ones and remarks."""
    if is_private(text):
        raise refused(Reason.PRIVATE)
    if len(text) > SIZE_MAX or len(text.encode("utf-8", "surrogatepass")) > SIZE_MAX:
        raise refused(Reason.TOO_LONG, most=str(SIZE_MAX))
    text = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").replace("\r\n", "\n").replace("\r", "\n")
    if any(unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} for char in text if char not in "\n\t"):
        raise refused(Reason.CONTROL)
    trimmed = (line.strip() for line in text.split("\n"))
    joined = "\n".join(line for line in trimmed if line and not line.startswith("#"))
    if not joined:
        raise refused(Reason.EMPTY)
    return joined


def _starts_word(text: str, at: int) -> bool:
    return at == 0 or text[at - 1].isspace()


def _keys(text: str) -> int:
    """Return how many keys stand in a text: types that base64 follows."""
    return sum(
        _starts_word(text, found.start()) and re.match(r"\s+AAAA", text[found.end() :]) is not None
        for found in _TYPE.finditer(text)
    )


def _first_type(text: str) -> re.Match[str] | None:
    """Return the first type that stands as a word of its own outside of quotes."""
    for found in _TYPE.finditer(text):
        before, after = text[: found.start()], text[found.end() : found.end() + 1]
        quoted = len(re.findall(r'(?<!\\)"', before)) % 2 == 1
        if not quoted and _starts_word(text, found.start()) and (not after or after.isspace()):
            return found
    return None


def _not_a_key(text: str) -> Exception:
    """Return what to say about a text without a known type."""
    for form, reason in _FORMS:
        if form.match(text):
            return refused(reason, path=text) if reason is Reason.PATH else refused(reason)
    if any(_starts_word(text, found.start()) for found in _TYPE.finditer(text)):
        return refused(Reason.OPTIONS, option=text[:40])  # a quotation mark stays open
    strange = _STRANGE_TYPE.search(text)
    return _not_accepted(strange[1]) if strange else refused(Reason.NOT_A_KEY)


def _not_accepted(kind: str) -> Exception:
    if kind in _CERTIFICATES:
        return refused(Reason.CERTIFICATE)
    if kind == _DSA:
        return refused(Reason.DSA)
    return refused(Reason.TYPE, type=kind, accepted=", ".join(blob.ACCEPTED))


def _options(head: str) -> tuple[str, ...]:
    """Return the names of the options before a key, or refuse what is none."""
    rest, names = head.replace("\n", "").strip(), []
    while rest:
        option = _OPTION.match(rest)
        if option is None or option[1].lower() not in OPTIONS:
            raise refused(Reason.OPTIONS, option=rest[:40])
        names.append(option[1])
        rest = rest[option.end() :].lstrip(" \t")
    if "cert-authority" in map(str.lower, names):
        raise refused(Reason.AUTHORITY)
    return tuple(dict.fromkeys(names))


def _body(rest: str) -> tuple[str, str]:
    """Return the base64 of a key, its broken lines joined, and the comment.

    A line that ends within the base64 goes on in the next one, until the key is whole: its own lengths say when.
    """
    lines = rest.strip().split("\n")
    body, _, comment = _word(lines[0])
    used = 1
    while not comment and used < len(lines) and not blob.is_whole(body):
        more, _, comment = _word(lines[used])
        if not _BASE64.fullmatch(more):
            comment = ""
            break
        body += more
        used += 1
    return body, " ".join((comment, *lines[used:]))


def _word(line: str) -> tuple[str, str, str]:
    first, *others = line.split(maxsplit=1) or [""]
    return first, "", others[0] if others else ""


def _title(comment: str) -> str:
    words = unicodedata.normalize("NFC", " ".join(comment.split()))
    return "".join(char for char in words if char.isprintable())[:TEXT_MAX].strip()


def _advice(key: PublicKey) -> str:
    if key.type == blob.RSA and key.bits < blob.RSA_ADVISED:
        return f"RSA with {key.bits} bits is accepted; {blob.RSA_ADVISED} or more are advised."
    return ""
