"""An app that holds the widgets of one test, and what the test sees of it."""

from textual import events
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import Pilot
from textual.widget import Widget

from tui_mfa.widgets.link_button import LinkButton
from tui_mfa.widgets.otp_input import OtpInput
from tui_mfa.widgets.top_bar import TopBar


class Host(App[None]):
    """Holds the widgets of one test and keeps the messages that reach it."""

    def __init__(self, *widgets: Widget) -> None:
        super().__init__()
        self.widgets = widgets
        self.seen: list[Message] = []

    def compose(self) -> ComposeResult:
        yield from self.widgets

    def on_otp_input_completed(self, event: OtpInput.Completed) -> None:
        self.seen.append(event)

    def on_otp_input_rejected(self, event: OtpInput.Rejected) -> None:
        self.seen.append(event)

    def on_link_button_pressed(self, event: LinkButton.Pressed) -> None:
        self.seen.append(event)

    def on_top_bar_back_requested(self, event: TopBar.BackRequested) -> None:
        self.seen.append(event)

    def on_top_bar_logout_requested(self, event: TopBar.LogoutRequested) -> None:
        self.seen.append(event)

    @property
    def codes(self) -> list[str]:
        return [event.code.reveal() for event in self.seen if isinstance(event, OtpInput.Completed)]

    @property
    def reasons(self) -> list[str]:
        return [event.reason for event in self.seen if isinstance(event, OtpInput.Rejected)]


async def paste(pilot: Pilot[None], text: str) -> None:
    """Paste as a terminal does: to the app, which forwards it to the focused widget."""
    pilot.app.post_message(events.Paste(text))
    await pilot.pause()


def rows(app: App[None]) -> list[str]:
    """Return the screen's text, row by row."""
    return ["".join(segment.text for segment in strip) for strip in app.screen._compositor.render_strips()]


def attributes(app: App[None], text: str) -> list[tuple[bool, bool]]:
    """Return (reverse, underline) of the cells that show the text."""
    for strip in app.screen._compositor.render_strips():
        for segment in strip:
            if text in segment.text and segment.style:
                return [(bool(segment.style.reverse), bool(segment.style.underline))]
    raise AssertionError(f"{text!r} is not on the screen")
