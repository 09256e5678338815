"""Tabs of the profile that read and change things by themselves, and are loaded when they are first shown."""

from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final, cast

from textual import work
from textual.containers import Vertical
from textual.message import Message
from textual.widget import Widget

from tui_mfa.domain.errors import DomainError
from tui_mfa.domain.login.model import Session
from tui_mfa.screens.base import SessionPage
from tui_mfa.screens.context import Context
from tui_mfa.screens.messages import Refused
from tui_mfa.widgets.mounting import mount_into

LOADING: Final = "Loading…"
"""What stands there before anything is known."""

LATER: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "invoices": ("tui_mfa.screens.invoices", "InvoicesTab"),
        "payment-options": ("tui_mfa.screens.payment_options", "PaymentOptionsTab"),
        "add-credits": ("tui_mfa.screens.add_credits", "AddCreditsTab"),
    }
)
"""Module and class of each tab that is loaded when it is first shown, by its id."""


class PaneWorked(Message):
    """A use case of a tab ended; the tab itself got the fact."""


class TabMade(Message):
    """A tab that the page fills was made, since somebody looks at it."""


class TabMadeLater(Vertical):
    """Stands for a tab that the page fills, and makes it when it is first shown; posts ``TabMade``.

    Args:
        make: Makes the tab.
        id: The tab's id.
    """

    DEFAULT_CSS = "TabMadeLater { height: 1fr; }"

    def __init__(self, make: Callable[[], Widget], *, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._make = make

    async def on_show(self) -> None:
        """Make the tab when it is first shown."""
        if not self.children:
            await mount_into(self, self._make())
            self.post_message(TabMade())


class LaterTab(Vertical):
    """Stands for a tab and costs nothing until somebody looks at it.

    Args:
        context: Services and terminal.
        session: Whose.
        id: The tab's id.
    """

    DEFAULT_CSS = "LaterTab { height: 1fr; }"

    def __init__(self, context: Context, session: Session, *, id: str) -> None:  # noqa: A002 - Textual's name for it
        super().__init__(id=id)
        self._given = (context, session)

    async def on_show(self) -> None:
        """Load the tab when it is first shown; read anew each time."""
        for pane in self.query(Pane):
            pane.load()
            return
        module, name = LATER[self.id or ""]
        tab: type[Pane] = getattr(import_module(module), name)
        await mount_into(self, tab(*self._given))


class Pane(Vertical):
    """The ground of such a tab.

    Args:
        context: Services and terminal.
        session: Whose.
    """

    DEFAULT_CSS = "Pane { height: 1fr; }"

    def __init__(self, context: Context, session: Session) -> None:
        super().__init__()
        self.context = context
        self.session = session

    @property
    def page(self) -> SessionPage:
        """The page that this tab is on: it runs the use cases and has the status line."""
        return cast("SessionPage", self.screen)

    def on_mount(self) -> None:
        """Read when it is new."""
        self.load()

    def load(self) -> None:
        """Read what is shown."""

    def start(self, use_case: Callable[[], Message], waiting: str) -> None:
        """Run a use case by the page; its fact comes back to this tab, its refusal to the page.

        Args:
            use_case: Calls one flow and wraps its result in a message.
            waiting: What the status line says meanwhile.
        """

        def run() -> Message:
            self.post_message(use_case())
            return PaneWorked()

        self.page.start(run, waiting)

    def read(self, use_case: Callable[[], Message]) -> None:
        """Run a use case that only looks, beside whatever else is under way; a newer one replaces an older one."""
        self._read(use_case, self.page)

    @work(thread=True, group="pane-read", exclusive=True, exit_on_error=False)
    def _read(self, use_case: Callable[[], Message], page: SessionPage) -> None:
        try:
            self.post_message(use_case())
        except DomainError as error:
            page.post_message(Refused(error))
