"""Many people in one process: nothing of those who left stays, and each gets its own colours (test_many)."""

import gc
import sys
import weakref
from pathlib import Path

from tests.fakes import make_services
from tests.ssh.house import eventually, street
from tui_mfa.ssh.driver import clamp
from tui_mfa.ssh.portal import SshApp


async def test_ended_sessions_go(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    apps: list[weakref.ref[SshApp]] = []
    async with street(tmp_path, services) as here:
        for _ in range(4):
            async with here.visitor() as screen:
                await screen.until("Username or e-mail")
                screen.type("\x1b[1;5C\x1b[97;5u")  # keys that Textual's own parser would keep, and itself with them
                apps.extend(weakref.ref(session.app) for session in here.house.sessions if session.app is not None)
            await eventually(lambda: not here.house.sessions)
        assert len(apps) == 4
        # The loop keeps a timer that was cancelled, and with it the app, until its time has come: some seconds.
        await eventually(lambda: gc.collect() >= 0 and not any(app() for app in apps))


async def test_the_processes_streams_stay_its_own(tmp_path: Path) -> None:
    before = sys.stdout, sys.stderr
    async with street(tmp_path, make_services(tmp_path)) as here:
        async with here.visitor() as first, here.visitor() as second:
            await first.until("Username or e-mail")
            await second.until("Username or e-mail")
            assert (sys.stdout, sys.stderr) == before
        await eventually(lambda: not here.house.sessions)
    assert (sys.stdout, sys.stderr) == before


async def test_each_client_gets_its_own_colours(tmp_path: Path) -> None:
    async with street(tmp_path, make_services(tmp_path)) as here:
        looks = {}
        for term, env in (
            ("xterm-256color", {"COLORTERM": "truecolor"}),
            ("xterm-256color", {}),
            ("vt100", {"NO_COLOR": "1"}),
        ):
            async with here.visitor(term=term, env=env) as screen:
                await screen.until("Username or e-mail")
                looks[(term, bool(env.get("COLORTERM")))] = bytes(screen.seen)
    true, some, none = looks[("xterm-256color", True)], looks[("xterm-256color", False)], looks[("vt100", False)]
    assert b"38;2;" in true
    assert b"38;2;" not in some
    assert b"38;5;" in some
    assert b"38;5;" not in none
    assert b"38;2;" not in none


async def test_a_size_that_cannot_be_is_not_believed(tmp_path: Path) -> None:
    async with street(tmp_path, make_services(tmp_path)) as here, here.visitor() as screen:
        await screen.until("Username or e-mail")
        screen.chan.change_terminal_size(2**31, 2**31)
        screen.type("\x1b[48;900000;900000;1;1t")  # an in-band report of the size (mode 2048) among the keys
        (session,) = here.house.sessions
        assert session.app is not None
        app = session.app
        await eventually(lambda: app.size == (500, 200))


def test_sizes_at_their_limits() -> None:
    assert [clamp(0, 0), clamp(80, 0), clamp(19, 4), clamp(20, 5), clamp(500, 200), clamp(501, 201)] == [
        (80, 24),
        (80, 24),
        (20, 5),
        (20, 5),
        (500, 200),
        (500, 200),
    ]
