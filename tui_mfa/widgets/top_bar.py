"""The first line of a page: where Esc leads, who is logged in, the way out."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.message import Message
from textual.widgets import Static

from tui_mfa.presentation import as_content
from tui_mfa.widgets.drawn import Dotted
from tui_mfa.widgets.link_button import LinkButton

ARROW = "\N{LEFTWARDS ARROW} "
"""Stands before the title: the page is left that way, as by Esc."""


class TopBar(Dotted):
    """One row: ``← User Profile`` at the left, ``jane · Logout`` at the right.

    The title can be clicked and is no stop for Tab, since Esc does the same; Logout is one. A long account name is cut
    before anything else, so the row works from 40 columns on.

    Args:
        left: The page's title, with or without the arrow.
        account: The account's name, as its owner wrote it.
        id: The widget's id.
        classes: The widget's classes, divided by spaces.
    """

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    TopBar {
        height: 1;
        padding: 0 1;
        #top-bar-back { max-width: 60%; margin-right: 1; color: $text; text-style: bold; }
        #top-bar-back:hover { text-style: bold underline; }
        #top-bar-logout { margin-left: 3; }
        #top-bar-account {
            width: 1fr;
            height: 1;
            text-align: right;
            text-wrap: nowrap;
            text-overflow: ellipsis;
        }
    }
    """

    class BackRequested(Message):
        """The title was clicked."""

    class LogoutRequested(Message):
        """Logout was pressed."""

    def __init__(
        self,
        left: str,
        account: str,
        *,
        id: str | None = None,  # noqa: A002 - Textual's name for it
        classes: str | None = None,
    ) -> None:
        super().__init__(id=id, classes=classes)
        self._left = ARROW + left.removeprefix(ARROW)
        self._account = account

    def compose(self) -> ComposeResult:
        """Lay out the title, the account and the way out."""
        back = LinkButton(self._left, id="top-bar-back", tooltip="Back (Esc)")
        back.can_focus = False
        yield back
        yield Static(as_content(self._account), id="top-bar-account", markup=False)
        yield LinkButton("Logout", id="top-bar-logout", tooltip="End this session")

    @on(LinkButton.Pressed, "#top-bar-back")
    def request_back(self, event: LinkButton.Pressed) -> None:
        """Ask the screen to go back."""
        event.stop()
        self.post_message(self.BackRequested())

    @on(LinkButton.Pressed, "#top-bar-logout")
    def request_logout(self, event: LinkButton.Pressed) -> None:
        """Ask the app to end the session."""
        event.stop()
        self.post_message(self.LogoutRequested())
