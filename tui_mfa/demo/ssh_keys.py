"""The demo account's SSH keys: real public halves, whose private halves were thrown away when they were made."""

from datetime import datetime, timedelta
from typing import Final

from tui_mfa.domain.account import Account
from tui_mfa.domain.events import Tag
from tui_mfa.domain.ssh_keys import rules
from tui_mfa.domain.ssh_keys.model import SshKey

_ED25519: Final = "AAAAC3NzaC1lZDI1NTE5AAAAIOgCpKAEqRAqk4kb8M7wV2QOYbWIE+lvs8yH/S3wY4Op"
_ECDSA: Final = (
    "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEZ6Bg6CKhl2vaGCWI91UFpyHq6SfoAHCMIjiU7J10ejImYr"
    "rvyytzggnZuBprEPuathiMwndggeI4a6mR6bO8g="
)
_RSA: Final = (
    "AAAAB3NzaC1yc2EAAAADAQABAAABgQDN2rWoKEjGE2S6dXcUoIDdLPvBZMtNKwQhUtBLqRjsrocyMTV929nrh9f++XgkXP8ZfLXi"
    "LQldaFZHP+00ksZQuKt5i4tZ/3P4whrvL52khaPvuYmTGPb0nZG/wFQu5InAQIaV3cFxPZPEFpyhg5Go8+LquHX7F9KTEpw7HScc"
    "s6r/s15LXwCxq/5y+ef20kb1nMpO5Jwud/cldOhKvvQQk+ZbHMcr9f6YeOLXn+mtjdoR5yPCt7f5f6Qlg4rC5mNNuuPhea6DVhAF"
    "aZdfIpTZuFV2Nm88oOyGzqo6dQy9WJ8dBGLw23GR3jaeBUYtWIN7d0lcpkqhW5Nc2XgvFfGoDoFXkvMlgbU7VF+71Qu6+q5rzkP/"
    "K0P4xY5kC3U85dLASAc7esnaQ/zWa2TVeRZUSBgFnR3g/YIf0w3uVxJi4dQte/5A0AalA/EyrLakOx3Ac+J1d5YlJWZTkZSxkvBL"
    "s5g0lhZPUgvTs9DxBJl5Huhv+ORzjJtZ2JWDyGwsHiE="
)


def fill(account: Account, now: datetime, origin: str) -> None:
    """Give an account three keys and the events of adding them: one in use, one never used, one that ends soon.

    Args:
        account: The account, before its other events are recorded.
        now: The time.
        origin: From where they were added.
    """
    for number, (title, blob, days, used, left) in enumerate(
        (
            ("jane@laptop", _ED25519, 190, 4, None),
            ("backup server", _RSA, 120, 31, 45),
            ("old desktop", _ECDSA, 180, None, None),
        )
    ):
        key = SshKey(
            id=f"{0xA1C0FFEE + number:08x}",
            title=title,
            blob=blob,
            added_at=now - timedelta(days=days),
            added_from=origin,
            expires_at=now + timedelta(days=left) if left else None,
            last_used_at=now - timedelta(days=used, minutes=17) if used else None,
        )
        account.ssh_keys.append(key)
    for key in sorted(account.ssh_keys, key=lambda key: key.added_at):
        account.record(key.added_at, Tag.SSH_KEY_ADDED, origin, title=key.title, key=rules.fingerprint(key))
