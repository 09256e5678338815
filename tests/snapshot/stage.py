"""A real portal on services that are the same in every run, brought to one screen by keys and waiting."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from textual import events
from textual.pilot import Pilot
from textual.screen import Screen
from textual.worker import WorkerCancelled, WorkerFailed

from tests.fakes import ORIGIN, PASSWORD, SeededEntropy, clock_of, make_services
from tests.pilot_tools import screen_text
from tui_mfa import themes
from tui_mfa.app import MfaApp
from tui_mfa.demo.app import DemoApp
from tui_mfa.domain.billing.gateway import Payments
from tui_mfa.domain.errors import MailUnavailable
from tui_mfa.domain.login import flows
from tui_mfa.domain.login.model import LoggedIn
from tui_mfa.domain.ports import Clock, Mail, Policy, Services
from tui_mfa.domain.secret import Secret
from tui_mfa.mail.memory import MemoryMailer
from tui_mfa.screens.context import Context
from tui_mfa.screens.messages import SessionOpened

ROUNDS = 600
"""Looks at a condition before a builder gives up; each lets every queue run empty."""

SUPPORT = "help@example.net"

SMALL = ((80, 24),)
"""For states that differ from another one by a few words only."""


class HomeFolder:
    """Takes files and names a path that is the same on every machine."""

    def save(self, name: str, text: Secret[str]) -> str:
        assert text.reveal()
        return f"/home/jane/{name}"


class BrokenMailer(MemoryMailer):
    """A mailer whose server does not answer."""

    def send(self, mail: Mail) -> None:
        raise MailUnavailable("The mail server does not answer.")


@dataclass
class Stage:
    """One running portal, and the hands that work it."""

    pilot: Pilot[Any]
    services: Services

    @property
    def app(self) -> MfaApp:
        app = self.pilot.app
        assert isinstance(app, MfaApp)
        return app

    async def settle(self) -> None:
        """Let every thread end and every message be handled; a page that waits for its modal is no thread."""
        quiet = 0
        while quiet < 2:
            await self.pilot.pause()
            threads = [worker for worker in self.app.workers if worker._thread_worker and not worker.is_finished]
            quiet = 0 if threads else quiet + 1
            for worker in threads:
                with suppress(WorkerCancelled, WorkerFailed):
                    await worker.wait()

    async def until(self, condition: Callable[[], object]) -> None:
        for _ in range(ROUNDS):
            await self.settle()
            if condition():
                return
        raise AssertionError(f"it never came to that; on the screen:\n{screen_text(self.app)}")

    async def until_page(self, page: type[Screen[Any]]) -> None:
        await self.until(lambda: isinstance(self.app.screen, page))

    async def until_shown(self, text: str) -> None:
        await self.until(lambda: text in screen_text(self.app))

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
        await self.settle()

    async def type(self, text: str) -> None:
        """Give a text to the focused field, as a terminal hands over a paste."""
        self.app.post_message(events.Paste(text))
        await self.settle()

    async def open(self, selector: str) -> None:
        """Focus something and press Enter on it."""
        self.app.screen.query_one(selector).focus()
        await self.press("enter")

    async def enter_profile(self, logged_in: LoggedIn) -> None:
        """Show the profile of somebody who has just logged in."""
        from tui_mfa.screens.profile import ProfileScreen

        await self.settle()
        self.app.post_message(SessionOpened(logged_in))
        await self.until(lambda: any(isinstance(page, ProfileScreen) for page in self.app.screen_stack))
        await self.settle()


Build = Callable[[Stage], Awaitable[None]]
Prepare = Callable[[Services], None]


def nobody(_services: Services) -> None:
    """Leave the store empty."""


@dataclass(frozen=True)
class Entry:
    """One screen in one state."""

    name: str
    build: Build
    prepare: Prepare = nobody
    policy: Mapping[str, Any] = field(default_factory=dict)
    """What the operator decided, beside the defaults of the catalogue."""
    mail_works: bool = True
    mail_note: str = ""
    client_keys: tuple[str, ...] = ()
    """What an SSH client has shown."""
    payments: Callable[[Clock], Payments] | None = None
    """The way to pay; invoices alone when not given."""
    main: bool = False
    """Pictured in the light and the high-contrast theme too."""
    demo: bool = False
    sizes: tuple[tuple[int, int], ...] = ((80, 24), (120, 40))
    """Where it is pictured; the first one stands for all."""
    alone: bool = False
    """Started anew for each picture, since another size or theme afterwards would show something else."""

    def make_services(self) -> Services:
        """Return fresh services with the accounts of this entry."""
        chosen: dict[str, Any] = {
            "files": HomeFolder(),
            "policy": replace(Policy(registration_open=True, support_address=SUPPORT), **self.policy),
        }
        services = make_services(**chosen)
        if self.payments is not None:
            services = replace(services, payments=self.payments(services.clock))
        self.prepare(services)
        if not self.mail_works:
            mailer = BrokenMailer("noreply@example.net", "tui-mfa", SUPPORT, services.clock)
            services = make_services(**chosen, mailer=mailer, store=services.store, clock=services.clock)
        return services

    def make_app(self, theme: str = themes.DARK) -> MfaApp:
        """Return the app; its context holds the services."""
        if self.demo:
            services = make_services()
            return DemoApp(ORIGIN, theme=theme, clock=services.clock, entropy=SeededEntropy(20261124))
        services = self.make_services()
        context = Context(services=services, origin=ORIGIN, mail_note=self.mail_note, client_keys=self.client_keys)
        return MfaApp(context, theme)

    async def bring(self, pilot: Pilot[Any]) -> None:
        """Bring a running app to the screen."""
        assert isinstance(pilot.app, MfaApp)
        stage = Stage(pilot, pilot.app.context.services)
        await stage.settle()
        await self.build(stage)
        await stage.settle()


@asynccontextmanager
async def shown(entry: Entry, size: tuple[int, int] | None = None, theme: str = themes.DARK) -> AsyncIterator[Stage]:
    """Run the portal and bring it to an entry's screen."""
    app = entry.make_app(theme)
    async with app.run_test(size=size or entry.sizes[0]) as pilot:
        await entry.bring(pilot)
        yield Stage(pilot, app.context.services)


def log_in_by_password(services: Services) -> LoggedIn:
    """Log in an account without a second factor."""
    answer = flows.log_in(services, "jane", Secret(PASSWORD), ORIGIN)
    assert isinstance(answer, LoggedIn)
    return answer


def later(services: Services, **time: float) -> None:
    """Let time pass by the fake clock."""
    clock_of(services).advance(**time)
