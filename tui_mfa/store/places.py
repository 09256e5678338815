"""Where what is in a data folder."""

import hashlib
import re
from pathlib import Path
from typing import Final

from tui_mfa.domain.layout import Claim

ID: Final = re.compile(r"[0-9a-f]{32}")
"""An account's id."""


def account_file(folder: Path, account_id: str) -> Path:
    """Return the file of an account.

    Args:
        folder: The data folder.
        account_id: 32 hex digits.
    """
    return folder / "accounts" / account_id[:2] / f"{account_id}.json"


def claim_link(folder: Path, claim: Claim, value: str) -> Path:
    """Return the link of a claim; its name is a hash, safe for any file system.

    Args:
        folder: The data folder.
        claim: Which kind.
        value: In its folded form.
    """
    name = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
    return folder / "claims" / claim.value / name[:2] / name
