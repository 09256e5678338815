"""Draws the pictures of the README from the screens of the snapshots: ``make pictures``."""

import asyncio
import re
from pathlib import Path

from tests.snapshot.catalogue import entry
from tests.snapshot.stage import shown

FOLDER = Path(__file__).parents[2] / "docs" / "screenshots"
PICTURES = {"security": "profile-security", "authenticator": "enrolment", "demo": "demo-scanned"}
"""File name -> screen of the catalogue."""


async def draw() -> None:
    """Draw every picture; without the link to a web font, so that nothing is loaded from elsewhere."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, screen in PICTURES.items():
        async with shown(entry(screen)) as stage:
            picture = stage.app.export_screenshot(title="tui-mfa")
        picture = re.sub(r"@font-face \{.*?\}\n?", "", picture, flags=re.DOTALL)
        picture = picture.replace("<svg ", '<svg xml:space="preserve" ', 1)  # else some viewers drop leading spaces
        (FOLDER / f"{name}.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(draw())
