"""Which algorithms are offered; ssh-audit finds no failure among them (tests/ssh/test_audit.py)."""

from typing import Final

KEX: Final = (
    "mlkem768x25519-sha256",
    "sntrup761x25519-sha512@openssh.com",
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
)
"""Key exchanges, the post-quantum ones first, where the installed libraries have them."""

CIPHERS: Final = (
    "chacha20-poly1305@openssh.com",
    "aes256-gcm@openssh.com",
    "aes128-gcm@openssh.com",
    "aes256-ctr",
    "aes128-ctr",
)

MACS: Final = (
    "hmac-sha2-512-etm@openssh.com",
    "hmac-sha2-256-etm@openssh.com",
    "umac-128-etm@openssh.com",
)
"""No MAC but those that cover the ciphertext; all three lists pass ssh-audit (tests/ssh/test_audit.py)."""
