"""The form for mailed codes: Resend, mail servers that fail, folders in the place of people."""

import socket
from pathlib import Path

from tests.fakes import (
    clock_of,
    last_code,
    mailer_of,
    mails,
    make_account,
    make_services,
    wrong_code,
)
from tests.pilot_tools import (
    enter_code,
    enter_password,
    focused,
    make_app,
    screen_text,
    shown,
    status,
    type_text,
    until,
    until_mailed,
)
from tui_mfa.app import MfaApp
from tui_mfa.domain.errors import MailUnavailable
from tui_mfa.domain.ports import Mail
from tui_mfa.domain.secret import Secret
from tui_mfa.mail.memory import MemoryMailer
from tui_mfa.mail.outbox import OutboxMailer
from tui_mfa.mail.smtp import SmtpMailer
from tui_mfa.screens.mailed_code import MailedCodeForm
from tui_mfa.screens.second_factor import SecondFactorScreen
from tui_mfa.widgets.link_button import LinkButton


def can_resend(app: MfaApp) -> bool:
    return not app.screen.query_one("#resend", LinkButton).disabled


async def test_resend_waits_counts_and_makes_the_code_before_void() -> None:
    """S30, U13: the request tells mails apart, the newest alone counts, and three resends are all."""
    services = make_services()
    make_account(services)
    app = make_app(services)
    async with app.run_test() as pilot:
        await enter_password(pilot)
        await until_mailed(pilot)
        first = last_code(mailer_of(services))
        form = app.screen.query_one(MailedCodeForm)
        assert not can_resend(app)
        assert shown(app, "#resend-note") == "in 1 min · 3 resends left"
        clock_of(services).advance(seconds=18)
        form.tick()
        assert shown(app, "#resend-note") == "in 42 s · 3 resends left"
        for count, left in ((2, "2 resends left"), (3, "1 resend left"), (4, "no resends left; for more, start again")):
            clock_of(services).advance(seconds=60)
            form.tick()
            assert can_resend(app)
            await pilot.click("#resend")
            await until_mailed(pilot, count)
            request = mails(services)[-1].params["request_id"]
            assert f"(request {request}). That makes {count} mails; only {request} counts." in screen_text(app)
            assert shown(app, "#resend-note").endswith(left)
            assert focused(app) == "code"
        clock_of(services).advance(seconds=60)
        form.tick()
        assert not can_resend(app)
        await enter_code(pilot, first)
        assert status(app) == "! This is not the code. 4 tries left."
        await type_text(pilot, last_code(mailer_of(services)))
        await until(pilot, lambda: app.session is not None)


async def test_a_resend_gives_no_new_tries() -> None:
    """S10: what the page tells after a resend is what was left before it."""
    services = make_services()
    make_account(services)
    app = make_app(services)
    async with app.run_test() as pilot:
        await enter_password(pilot)
        await until_mailed(pilot)
        for _ in range(2):
            await enter_code(pilot, wrong_code(last_code(mailer_of(services))))
        clock_of(services).advance(seconds=60)
        app.screen.query_one(MailedCodeForm).tick()
        await pilot.click("#resend")
        await until_mailed(pilot, 2)
        await enter_code(pilot, wrong_code(last_code(mailer_of(services))))
        assert status(app) == "! This is not the code. 2 tries left."


async def test_without_a_mail_server_the_page_says_so_and_the_attempt_stands() -> None:
    """S33, U17: told clearly; nothing is used up, and Resend works at once."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    clock = clock_of(make_services())
    mailer = SmtpMailer(Secret(f"smtp+plain://127.0.0.1:{port}"), "noreply@example.net", "tui-mfa", "", clock)
    services = make_services(mailer=mailer, clock=clock)
    account = make_account(services)
    app = make_app(services)
    async with app.run_test() as pilot:
        await enter_password(pilot)
        for _ in range(2):
            await until(pilot, lambda: "Mail cannot be sent now" in screen_text(app))
            assert "Nothing is lost: press Resend to try again." in screen_text(app)
            assert shown(app, "#resend-note") == "3 resends left"
            assert focused(app) == "resend"
            assert services.store.get(account.id).attempts[0].mails_sent == 0
            await pilot.press("enter")
            await until(pilot, lambda: not getattr(app.screen, "busy", True))
        assert isinstance(app.screen, SecondFactorScreen)


class LateMailer(MemoryMailer):
    """Fails once, then works."""

    failed = False

    def send(self, mail: Mail) -> None:
        if not self.failed:
            self.failed = True
            raise MailUnavailable("Mail cannot be sent now: the mail server is on holiday.")
        super().send(mail)


async def test_when_the_mail_server_is_back_resend_brings_the_code() -> None:
    clock = clock_of(make_services())
    services = make_services(mailer=LateMailer("noreply@example.net", "tui-mfa", "", clock), clock=clock)
    make_account(services)
    app = make_app(services)
    async with app.run_test() as pilot:
        await enter_password(pilot)
        await until(pilot, lambda: focused(app) == "resend")
        await pilot.press("enter")
        await until_mailed(pilot)
        assert "Mail cannot be sent" not in screen_text(app)
        await type_text(pilot, last_code(mailer_of(services)))
        await until(pilot, lambda: app.session is not None)


async def test_where_mail_goes_to_a_folder_the_page_says_how_to_read_it(tmp_path: Path) -> None:
    clock = clock_of(make_services())
    services = make_services(mailer=OutboxMailer(tmp_path / "out", "a@example.net", "tui-mfa", "", clock), clock=clock)
    make_account(services)
    app = make_app(services)
    async with app.run_test() as pilot:
        await enter_password(pilot)
        await until(pilot, lambda: "valid until 14:12 UTC" in screen_text(app))
        assert "Mail is not sent from here: read it with “tui-mfa outbox show”." in screen_text(app)
        assert "spam" not in screen_text(app)
