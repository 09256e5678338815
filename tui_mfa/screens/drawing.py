# ruff: noqa: SLF001 - Textual has no public way to any of this; tests/unit/test_drawing.py holds the names
"""Draws a page once where Textual lays it out and draws it two or three times, over whatever line it goes."""

from typing import Any, Self, TypeVar

from textual import events, messages, on
from textual._time import get_time
from textual.app import App
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

R = TypeVar("R")


def fit_classes(page: Screen[R], app: App[Any]) -> None:
    """Give a page the classes of the window's size before it is styled; Textual does it when it is drawn.

    Args:
        page: It is not mounted yet.
        app: Whose.
    """
    columns, rows = app.size
    across = app.HORIZONTAL_BREAKPOINTS if page.HORIZONTAL_BREAKPOINTS is None else page.HORIZONTAL_BREAKPOINTS
    down = app.VERTICAL_BREAKPOINTS if page.VERTICAL_BREAKPOINTS is None else page.VERTICAL_BREAKPOINTS
    found = page._get_breakpoint_classes(columns, across or []) | page._get_breakpoint_classes(rows, down or [])
    page.set_class(True, *found, update=False)


class DrawnOnce(Screen[R]):
    """A page that is laid out and drawn anew for a reason only."""

    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """The widget with the focus; what shows that is drawn by the widgets themselves, and not by the whole page."""

    _in_front = False
    """The page is the one that is seen, and nothing was drawn above it since it was told so."""
    _comes = _has_come = False
    """The page comes to the front now, and was drawn for that already."""

    _laid_out_at = _drawn_at = 0.0
    """When the page was last laid out, and when it was last drawn whole for that, by the clock of messages."""

    _laid_out_as: tuple[int, int] | None = None
    """What the page was made of then, with all its widgets ready."""

    def _on_screen_resume(self, event: events.ScreenResume) -> None:
        """Come to the front; Textual says so twice to a new page, and draws it whole after it was laid out and drawn.

        Args:
            event: From the app.
        """
        event.prevent_default()
        if self._in_front and self._size == self.app.size:
            return
        is_drawn_by_layout = self.is_attached and self._size != self.app.size
        self._in_front = True
        if is_drawn_by_layout:
            if not self.stack_updates and self._css_update_count == self.app._css_update_count:
                event.refresh_styles = False  # each widget got its styles when it was mounted, just now
            for widget in self.walk_children(Widget, with_self=True):
                widget._check_refresh()  # what they want is said before it is done, and not after
        self._comes = is_drawn_by_layout
        try:
            super()._on_screen_resume(event)
        finally:
            self._comes = self._has_come = False
        if is_drawn_by_layout:
            self._drawn_at = self._laid_out_at
            self._laid_out_as = self._made_of if all(child._is_mounted for child in self.children) else None
            self.app.call_later(self._end_mounting)  # behind what the app is waiting for: that the page is mounted
            for widget in (self, *self._compositor.widgets):
                widget._repaint_required = False

    @on(events.ScreenSuspend)
    def leave_front(self) -> None:
        """Note that another page comes above this one."""
        self._in_front = False

    async def _on_update(self, message: messages.Update) -> None:
        """Take note of a widget to be drawn, unless the whole page was drawn since.

        Args:
            message: From the widget.
        """
        _drop_if_older(message, self._drawn_at)

    async def _on_layout(self, message: messages.Layout) -> None:
        """Take note of a widget that wants the page laid out, unless it was since.

        Args:
            message: From the widget.
        """
        _drop_if_older(message, self._laid_out_at)

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Draw anew; Textual asks for that also when it just was, and for a layout some time after a page was mounted.

        Args:
            regions: As for Textual.
            repaint: As for Textual.
            layout: As for Textual.
            recompose: As for Textual.
        """
        is_superfluous = self._laid_out_as == self._made_of if layout else self._has_come
        if is_superfluous and not regions and not recompose:
            return self
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def _end_mounting(self) -> None:
        """From now on whoever asks for a layout has a reason: a terminal that came back, say."""
        self._laid_out_as = None

    @property
    def _made_of(self) -> tuple[int, int]:
        """Changes whenever a widget comes or goes, and with the page's own style."""
        return self._nodes._updates, self.styles._cache_key

    def _screen_resized(self, size: Size) -> None:
        """Lay the page out for a size, unless it was for just that one; its own first layout tells it the size, too.

        Args:
            size: Of the window.
        """
        if size != self._compositor.size or self._layout_required:
            super()._screen_resized(size)

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        """Lay the page out; a widget that learns its size by that asks for no second one.

        Args:
            size: Of the page.
            scroll: Whether it is for what was scrolled alone.
        """
        if scroll and not self._layout_widgets:
            super()._refresh_layout(size, scroll)
            return
        asked = {widget for widget in self._compositor.widgets if widget._layout_required}
        bars = {widget: _bars(widget) for widget in self._compositor.widgets}
        now = get_time()
        super()._refresh_layout(size, scroll)
        if self._compositor.size:
            self._laid_out_at = now
            self._layout_required = False
            self._has_come = self._comes
        for widget in self._compositor.widgets - asked:
            if widget._layout_required and _bars(widget) == bars.get(widget, (False, False)):
                widget._layout_required = False


def _drop_if_older(message: Message, moment: float) -> None:
    if message.time < moment:
        message.stop()
        message.prevent_default()


def _bars(widget: Widget) -> tuple[bool, bool]:
    return widget.show_vertical_scrollbar, widget.show_horizontal_scrollbar
