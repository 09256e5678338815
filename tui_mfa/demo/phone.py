"""A phone with an authenticator app. ``python -m tui_mfa.demo.phone`` shows one alone, with two accounts."""

from collections.abc import Callable
from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Digits, Static

from tui_mfa import themes
from tui_mfa.demo import keys
from tui_mfa.demo.authenticator import Authenticator, Entry
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor.uri import provisioning_uri
from tui_mfa.presentation import grouped, safe_text
from tui_mfa.security.system import SystemClock
from tui_mfa.widgets.link_button import LinkButton
from tui_mfa.widgets.step_bar import StepBar

HALF = 3
"""Digits before the gap that is shown."""

LINE = 33
"""Cells of a line inside the frame, on a panel of 40 columns."""

OTHERS = 3
"""Accounts besides the chosen one that have a line."""

NOTHING_YET = f"No accounts yet.\nWhen the portal shows a QR code,\n{keys.label(keys.SCAN)} scans it with this phone."
IN_VIEW = f"▣ A QR code is in view:\n{keys.label(keys.SCAN)} scans it."


class Phone(Vertical, can_focus=True):
    """The phone's screen: the chosen account with its code and the seconds left, then the others.

    Args:
        app_on_phone: The accounts.
        now: Gives the present moment, with a zone.
        id: The widget's id.
    """

    ALLOW_SELECT = False

    DEFAULT_CSS = """
    Phone {
        width: 37;
        height: 12;
        border: round $border-blurred;
        border-title-align: center;
        border-title-color: $text-muted;
        border-subtitle-color: $text-muted;
        border-subtitle-align: center;
        padding: 0 1;
        &:focus { border: heavy $border; }
        #phone-words { height: auto; }
        #phone-name { height: 1; text-style: bold; }
        #phone-code { width: auto; text-style: bold; color: $text-accent; margin-left: 1; }
        #phone-bar { width: 100%; margin-left: 1; }
        #phone-others { height: 1fr; color: $text-muted; }
        #phone-keys { height: 1; dock: bottom; }
        LinkButton { margin-right: 2; }
    }
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "choose(-1)", "Account", key_display="↑↓", id="phone.up", tooltip="The account above"),
        Binding("down,j", "choose(1)", "Account", show=False, id="phone.down", tooltip="The account below"),
    ]

    in_view: reactive[bool] = reactive(False)
    """Whether the portal shows a QR code that this phone does not know yet."""

    class ScanRequested(Message):
        """The person holds the phone before the screen."""

    class TypeRequested(Message):
        """The person wants the code typed."""

    def __init__(self, app_on_phone: Authenticator, now: Callable[[], datetime], *, id: str | None = None) -> None:  # noqa: A002 - Textual's
        super().__init__(id=id)
        self._app = app_on_phone
        self._now = now
        self.border_title = "━━ ∘"
        self.border_subtitle = "◯"

    def compose(self) -> ComposeResult:
        """Put the chosen account above the others, and the keys below."""
        yield Static(id="phone-words", markup=False)
        yield Static(id="phone-name", markup=False)
        yield Digits(id="phone-code")
        yield StepBar(self._now, id="phone-bar")
        yield Static(id="phone-others", markup=False)
        with Horizontal(id="phone-keys"):
            for key, words, name in ((keys.SCAN, "Scan", "scan"), (keys.PHONE_CODE, "Type the code", "type")):
                button = LinkButton(f"{keys.label(key)} {words}", id=f"phone-{name}")
                # The keys do the same from everywhere, so Tab need not stop here.
                button.can_focus = False
                yield button

    def on_mount(self) -> None:
        """Keep the codes as fresh as the clock."""
        self.set_interval(1, self.sync)
        self.sync()

    def watch_in_view(self) -> None:
        """Say that there is something to scan, or no more."""
        if self.is_mounted:
            self.sync()

    def sync(self) -> None:
        """Show the accounts as they are in this second."""
        entry, entries = self._app.current, self._app.entries
        self.can_focus = len(entries) > 1
        words = IN_VIEW if self.in_view else NOTHING_YET if entry is None else ""
        self._show("#phone-words", Content(words))
        for part in ("#phone-name", "#phone-code", "#phone-bar", "#phone-others"):
            self.query_one(part).display = entry is not None
        self.query_one("#phone-words").display = bool(words)
        self.query_one("#phone-scan").set_class(self.in_view, "-useful")
        if entry is None:
            return
        self._show("#phone-name", Content(_name(entry, LINE)))
        code = grouped(entry.code(self._now()).reveal(), HALF)
        digits = self.query_one(Digits)
        if digits.value != code:
            digits.update(code)
        self._show("#phone-others", Content("\n").join(self._other_lines()))

    def action_choose(self, by: int) -> None:
        """Show another account large."""
        self._app.step(by)
        self.sync()

    @on(LinkButton.Pressed, "#phone-scan")
    def ask_scan(self, event: LinkButton.Pressed) -> None:
        """Ask for a scan by mouse."""
        event.stop()
        self.post_message(self.ScanRequested())

    @on(LinkButton.Pressed, "#phone-type")
    def ask_type(self, event: LinkButton.Pressed) -> None:
        """Ask for typing by mouse."""
        event.stop()
        self.post_message(self.TypeRequested())

    def _other_lines(self) -> list[Content]:
        """Return a line for each account around the chosen one, with its place in the list."""
        now, entries, chosen = self._now(), self._app.entries, self._app.chosen
        lines: list[Content] = []
        for index, entry in enumerate(entries):
            if index != chosen and len(lines) < OTHERS:
                mark = "↑" if index < chosen else "↓"
                code = grouped(entry.code(now).reveal(), HALF)
                lines.append(Content(f"{mark} {code}  {_name(entry, LINE - 11)}"))
        return lines

    def _show(self, selector: str, content: Content) -> None:
        """Change a text only when it is another one, so that nothing is drawn twice."""
        line = self.query_one(selector, Static)
        if line.content != content:
            line.update(content)


def _name(entry: Entry, limit: int) -> str:
    return safe_text(f"{entry.issuer} · {entry.account}" if entry.issuer else entry.account, limit)


class _Alone(App[None]):
    """Shows one phone with made-up accounts."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("q", "quit", "Quit", id="phone.quit", tooltip="Leave")]

    def __init__(self) -> None:
        super().__init__()
        themes.register(self)
        self._authenticator = Authenticator()
        secret = "MRJG26KDOQ4VMPDJJE2HWN2VPJYVIW2CPN3E6SLGMY2GC5KUOJGA"
        for issuer in ("Lighthouse", "Elestio"):
            uri = provisioning_uri(secret[::-1] if issuer == "Elestio" else secret, issuer, "jane@example.com")
            self._authenticator.scan(Secret(uri))

    def compose(self) -> ComposeResult:
        """Place the phone."""
        yield Phone(self._authenticator, SystemClock().now)


if __name__ == "__main__":
    _Alone().run()
