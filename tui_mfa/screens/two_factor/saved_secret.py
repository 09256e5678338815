"""The file in which a person keeps the secret."""

from datetime import datetime

from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor.model import NewSecret
from tui_mfa.presentation import grouped, when


def file_name(issuer: str, account: str, now: datetime) -> str:
    """Return a name that tells the file from others: product, account and day."""
    return f"{issuer}-secret-{account}-{now:%Y-%m-%d}.txt"


def file_text(issuer: str, account: str, new_secret: NewSecret, now: datetime) -> Secret[str]:
    """Return what the file holds: the secret, how to use it, and the URI."""
    secret = new_secret.secret.reveal()
    lines = (
        f"{issuer}: secret of the authenticator of {account}",
        f"shown on {when(now)}; in force once its first code was validated",
        "",
        grouped(secret),
        "",
        "If the phone is lost: log in with your password, choose “Lost your device?” and type the secret,",
        "or type it into a new app (Time Based, 6 digits, 30 seconds). Whoever has it has the second factor.",
        "",
        new_secret.uris[0].reveal(),
    )
    return Secret("\n".join(lines) + "\n")
