"""Tabs in a single row, told by shape as well as by colour: ``Disabled   Email Based ●  ▐Authenticator App▌``."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui_mfa.presentation import safe_text

MARK = " ●"
"""Stands behind the tab that is in force."""


class TabRow(Widget, can_focus=True):
    """A row of tabs; the chosen one stands between half blocks, the one in force has a dot.

    Args:
        tabs: Pairs of id and label, in order.
        id: The widget's id.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    TabRow { height: 1; width: 1fr; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"tab-row--chosen", "tab-row--other"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "Tab", key_display="←→", id="tab-row.left", tooltip="The tab to the left"),
        Binding("right,l", "step(1)", "Tab", show=False, id="tab-row.right", tooltip="The tab to the right"),
    ]

    chosen: reactive[str] = reactive("")
    """Id of the tab whose content is shown."""
    marked: reactive[str] = reactive("")
    """Id of the tab that is in force; may be empty."""

    class Chosen(Message):
        """Another tab was chosen by the person."""

        def __init__(self, tab_id: str) -> None:
            super().__init__()
            self.tab_id = tab_id
            """Which one."""

    def __init__(self, tabs: Sequence[tuple[str, str]], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._tabs = tuple(tabs)
        self.set_reactive(TabRow.chosen, self._tabs[0][0])

    def render(self) -> Content:
        """Return the row; with the focus, the chosen tab is reversed by the stylesheet."""
        parts = []
        for tab_id, label in self._tabs:
            text = self._text(tab_id, label)
            if tab_id == self.chosen:
                style = self.get_visual_style("tab-row--chosen")
            else:
                style = self.get_visual_style("tab-row--other")
            parts.append(Content.styled(text, style))
        return Content("").join(parts)

    def choose(self, tab_id: str) -> None:
        """Choose a tab as the person does."""
        if tab_id != self.chosen:
            self.post_message(self.Chosen(tab_id))

    def action_step(self, by: int) -> None:
        """Go to a neighbour; the row does not wrap around."""
        ids = [tab_id for tab_id, _label in self._tabs]
        place = max(0, min(len(ids) - 1, ids.index(self.chosen) + by))
        self.choose(ids[place])

    def on_click(self, event: events.Click) -> None:
        """Choose the tab under the mouse."""
        column = 0
        for tab_id, label in self._tabs:
            width = len(self._text(tab_id, label))
            if column <= event.x < column + width:
                self.choose(tab_id)
                return
            column += width

    def _text(self, tab_id: str, label: str) -> str:
        inner = safe_text(label) + (MARK if tab_id == self.marked else "")
        return f" ▐{inner}▌ " if tab_id == self.chosen else f"  {inner}  "
