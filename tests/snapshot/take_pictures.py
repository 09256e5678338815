"""Takes the pictures of ``docs/screenshots`` from the catalogue again: ``make pictures``."""

import asyncio
import os
import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from tests.snapshot.catalogue import entry
from tests.snapshot.key_states import KEY
from tests.snapshot.profile_states import with_a_past
from tests.snapshot.stage import Prepare, shown
from tui_mfa.domain.api_tokens.model import ApiToken, Scope
from tui_mfa.domain.ports import Services
from tui_mfa.domain.ssh_keys.model import SshKey

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"

PICTURES = {
    "login": ("login", (80, 24)),
    "security": ("profile-security", (80, 24)),
    "authenticator": ("enrolment", (80, 24)),
    "recovery-codes": ("recovery-codes", (80, 24)),
    "user-info": ("user-info-whole", (80, 24)),
    "invoices": ("billing-invoices", (80, 24)),
    "ssh-keys": ("keys-empty", (80, 24)),
    "demo": ("demo-scanned", (120, 40)),
}
"""Name of the picture, state of the catalogue, size."""


def lived_in(services: Services) -> None:
    """Make Jane with a past, two keys and a token."""
    with_a_past(services)
    now = services.clock.now()
    with services.store.account(next(services.store.ids())) as account:
        for number, title in enumerate(("laptop", "desk")):
            blob = KEY.split()[1][:-1] + "BC"[number]
            key = SshKey(id=f"{number:08d}", title=title, blob=blob, added_at=now, added_from="192.0.2.7")
            key.last_used_at = now
            account.ssh_keys.append(key)
        token = ApiToken(
            id="1" * 8,
            name="nightly backup",
            hash="ab" * 32,
            last_four="k9fQ",
            scopes=[Scope.READ],
            created_at=now,
            created_from="192.0.2.7",
            expires_at=now + timedelta(days=30),
        )
        account.api_tokens.append(token)


OTHERWISE: dict[str, Prepare] = {"security": lived_in, "ssh-keys": lived_in}
"""Pictures of another account than the catalogue's."""

FONTS = "ui-monospace, Menlo, Consolas, DejaVu Sans Mono, monospace"
"""What the reader's machine has; a picture that fetches a font tells somebody that it was looked at."""


def without_web_fonts(svg: str) -> str:
    """Return the picture with the fonts of the reader's machine, and spaces that no viewer drops."""
    svg = svg.replace("<svg ", '<svg xml:space="preserve" ', 1)
    return re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL).replace("Fira Code, monospace", FONTS)


async def take() -> None:
    """Write all pictures."""
    for name, (state, size) in PICTURES.items():
        pictured = entry(state)
        pictured = replace(pictured, prepare=OTHERWISE.get(name, pictured.prepare))
        async with shown(pictured, size=size) as stage:
            svg = without_web_fonts(stage.app.export_screenshot(simplify=True))
        (FOLDER / f"{name}.svg").write_text(svg + "\n")


if __name__ == "__main__":
    os.environ.pop("NO_COLOR", None)
    FOLDER.mkdir(exist_ok=True)
    asyncio.run(take())
