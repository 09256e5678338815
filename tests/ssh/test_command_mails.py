"""The owner is told by mail what commands changed: whoever has the key and the phone does nothing in silence."""

from pathlib import Path

import asyncssh
import pytest

from tests.fakes import FakeClock, app_code, log_in, mails, make_account, make_services, wrong_code
from tests.ssh.house import give_key, street
from tui_mfa.domain.account import Method
from tui_mfa.domain.api_tokens import flows as tokens
from tui_mfa.domain.api_tokens.model import Scope
from tui_mfa.domain.errors import MailUnavailable
from tui_mfa.domain.login import failures
from tui_mfa.domain.ports import Mail, Services, Template
from tui_mfa.mail.memory import MemoryMailer


class NoServer(MemoryMailer):
    """A mailer whose server is gone."""

    def send(self, mail: Mail) -> None:
        raise MailUnavailable("The mail server does not answer.")


async def ran(folder: Path, services: Services, key: asyncssh.SSHKey, command: str, times: int = 1) -> int | None:
    """Run a command so many times, and return its last exit status."""
    status = None
    async with street(folder, services) as here:
        for _ in range(times):
            async with await here.connect(client_keys=[key]) as conn:
                status = (await conn.run(command)).exit_status
    return status


def owner(services: Services, method: Method) -> tuple[str, asyncssh.SSHKey]:
    account, key = make_account(services, method=method), asyncssh.generate_private_key("ssh-ed25519")
    give_key(services, account.id, key)
    return account.id, key


def told(services: Services) -> list[Template]:
    """Return what was mailed by now, without sending what waits."""
    return [Template(mail.template) for mail in mails(services)]


async def test_a_deleted_key_is_told_when_the_command_ends(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    account_id, key = owner(services, Method.DISABLED)
    assert await ran(tmp_path, services, key, "keys delete k1") == 0
    assert told(services) == [Template.SSH_KEY_DELETED]
    assert services.store.get(account_id).notices == []


async def test_a_revoked_token_is_told_when_the_command_ends(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    _, key = owner(services, Method.DISABLED)
    made = tokens.create(services, log_in(services), "ci", [Scope.READ], 30).view
    assert await ran(tmp_path, services, key, f"tokens revoke {made.id}") == 0
    assert Template.API_TOKEN_REVOKED in told(services)


@pytest.mark.parametrize(("times", "mailed"), [(failures.WARN_AT - 1, 0), (failures.WARN_AT, 1)])
async def test_wrong_codes_are_told_when_they_become_many(tmp_path: Path, times: int, mailed: int) -> None:
    services = make_services(tmp_path)
    account_id, key = owner(services, Method.AUTHENTICATOR)
    wrong = wrong_code(app_code(services, account_id))
    assert await ran(tmp_path, services, key, f"keys list --code {wrong}", times) == 1
    assert told(services) == [Template.WRONG_CODES] * mailed


async def test_a_mail_that_cannot_go_waits_and_the_command_is_done(tmp_path: Path) -> None:
    services = make_services(tmp_path, mailer=NoServer("noreply@example.net", "tui-mfa", "", FakeClock()))
    account_id, key = owner(services, Method.DISABLED)
    assert await ran(tmp_path, services, key, "keys delete k1") == 0
    assert [notice.template for notice in services.store.get(account_id).notices] == [Template.SSH_KEY_DELETED]
