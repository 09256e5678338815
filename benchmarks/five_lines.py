"""The peer of the portal: the smallest Textual app with a field."""

from textual.app import App, ComposeResult
from textual.widgets import Input


class FiveLines(App[None]):
    def compose(self) -> ComposeResult:
        yield Input(placeholder="five lines")


FiveLines().run()
