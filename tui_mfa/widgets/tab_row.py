"""Tabs in a single row, told by shape as well as by colour: ``Disabled   Email Based ●  ▐Authenticator App▌``."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from rich.cells import cell_len
from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.style import Style
from textual.widget import Widget

from tui_mfa.presentation import safe_text

MARK = " ●"
"""Stands behind the tab that is in force."""


class TabRow(Widget, can_focus=True):
    """A row of tabs; the chosen one stands between half blocks, the one in force has a dot.

    Where the row is short of room the tabs stand closer, then take their short labels.

    Args:
        tabs: Pairs of id and label, in order.
        short: Shorter labels by id, for narrow windows.
        underlined: Draw a second row, a line that is heavy below the chosen tab.
        id: The widget's id.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    TabRow {
        height: 1;
        width: 1fr;
        text-wrap: nowrap;
        &.-underlined { height: 2; }
        & > .tab-row--chosen { color: $text-accent; text-style: bold; }
        & > .tab-row--other { color: $text-muted; }
        & > .tab-row--line { color: $border-blurred; }
        & > .tab-row--bar { color: $text-accent; }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"tab-row--chosen", "tab-row--other", "tab-row--line", "tab-row--bar"}
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

    def __init__(
        self,
        tabs: Sequence[tuple[str, str]],
        *,
        short: Mapping[str, str] | None = None,
        underlined: bool = False,
        id: str | None = None,  # noqa: A002 - Textual's name for it
    ) -> None:
        super().__init__(id=id)
        self._tabs = tuple(tabs)
        self._short = dict(short or {})
        self._underlined = underlined
        self.set_class(underlined, "-underlined")
        self.set_reactive(TabRow.chosen, self._tabs[0][0])

    def render(self) -> Content:
        """Return the row, and the line below it when there is one; with the focus, the chosen tab is a solid block."""
        parts, line = [], []
        for tab_id, text in self._texts():
            here = tab_id == self.chosen
            parts.append(self._chosen(text) if here else Content.styled(text, self.get_visual_style("tab-row--other")))
            bar = ("━" if here else "─") * cell_len(text)
            line.append(Content.styled(bar, self.get_visual_style("tab-row--bar" if here else "tab-row--line")))
        if not self._underlined:
            return Content("").join(parts)
        rest = "─" * (self.size.width - sum(part.cell_length for part in line))
        line.append(Content.styled(rest, self.get_visual_style("tab-row--line")))
        return Content("").join([*parts, Content("\n"), *line])

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
        offset = event.get_content_offset(self)
        if offset is None:
            return
        column = 0
        for tab_id, text in self._texts():
            width = cell_len(text)
            if column <= offset.x < column + width:
                self.choose(tab_id)
                return
            column += width

    def _chosen(self, text: str) -> Content:
        style = self.get_visual_style("tab-row--chosen")
        if not self.has_focus:
            return Content.styled(text, style)
        # By hand: Textual keeps a component's style from before the focus came. The half blocks stay as they are;
        # reversed, they would turn their dark halves outwards.
        before, bar, rest = text.partition("▐")
        inner, end, after = rest.partition("▌")
        return Content.assemble(before, (bar, style), (inner, style + Style(reverse=True)), (end, style), after)

    def _texts(self) -> list[tuple[str, str]]:
        """Return ids and drawn texts, in the roomiest form that fits."""
        short = [(tab_id, self._short.get(tab_id, label)) for tab_id, label in self._tabs]
        for tabs, gap in ((self._tabs, " "), (self._tabs, ""), (short, "")):
            texts = [(tab_id, self._text(tab_id, label, gap)) for tab_id, label in tabs]
            if sum(cell_len(text) for _id, text in texts) <= self.size.width:
                break
        return texts

    def _text(self, tab_id: str, label: str, gap: str) -> str:
        inner = safe_text(label) + (MARK if tab_id == self.marked else "")
        return f"{gap}▐{inner}▌{gap}" if tab_id == self.chosen else f"{gap} {inner} {gap}"
