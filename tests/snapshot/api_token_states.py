"""The page of API tokens, and the modals above it."""

from datetime import timedelta
from functools import partial

from tests.fakes import clock_of, log_in
from tests.snapshot.login_states import by_mail
from tests.snapshot.profile_states import link
from tests.snapshot.stage import Entry, Stage
from tui_mfa.domain.api_tokens import access, flows
from tui_mfa.domain.api_tokens.model import Scope
from tui_mfa.domain.ports import Services


def with_tokens(services: Services) -> None:
    """Make Jane with tokens of every state, and names of every kind."""
    by_mail(services)
    session = log_in(services)
    start = services.clock.now()
    flows.create(services, session, "old laptop", days=1)
    flows.create(services, session, "leaked", [Scope.READ, Scope.KEYS], 90)
    flows.operator_revoke(services, "jane", "leaked")
    backup = flows.create(services, session, "nightly backup", days=30)
    flows.create(services, session, "deploy from the build server in Antwerp", [Scope.READ, Scope.KEYS], 90)
    flows.create(services, session, "全部の請求書 🧾", [Scope.READ, Scope.KEYS, Scope.ADMIN], 365)
    flows.grant_verify(services, "jane", "nightly backup")
    clock_of(services).set(start + timedelta(days=2))
    access.authenticate(services, backup.token, "203.0.113.24")


async def new(stage: Stage) -> None:
    await link(stage, "api-tokens")
    await stage.press("a")
    await stage.until_shown("What is it for?")


async def refused(stage: Stage) -> None:
    await new(stage)
    await stage.type("Nightly Backup")
    await stage.press("enter")
    await stage.until_shown("! ")


async def shown(stage: Stage) -> None:
    await new(stage)
    await stage.type("ci")
    await stage.press("enter")
    await stage.until_shown("not be able to see it again")


async def copied(stage: Stage) -> None:
    await shown(stage)
    await stage.press("c")
    await stage.until_shown("✓ ")


async def not_kept(stage: Stage) -> None:
    await shown(stage)
    await stage.press("escape")
    await stage.until_shown("Have you kept it?")


async def revoke(stage: Stage) -> None:
    await link(stage, "api-tokens")
    await stage.press("d")
    await stage.until_shown("Programs that use it")


async def revoked(stage: Stage) -> None:
    await revoke(stage)
    await stage.open("#yes")
    await stage.until_shown("The token is revoked")


async def ended(stage: Stage) -> None:
    """Mark one that ended."""
    await link(stage, "api-tokens")
    await stage.press("down", "down", "down", "down")


ENTRIES = (
    Entry("api-tokens", partial(link, link_id="api-tokens"), with_tokens, main=True),
    Entry("api-tokens-none", partial(link, link_id="api-tokens"), by_mail),
    Entry("api-tokens-ended", ended, with_tokens),
    Entry("api-tokens-new", new, by_mail, main=True),
    Entry("api-tokens-refused", refused, with_tokens),
    Entry("api-tokens-shown", shown, by_mail, main=True),
    Entry("api-tokens-copied", copied, by_mail),
    Entry("api-tokens-not-kept", not_kept, by_mail),
    Entry("api-tokens-revoke", revoke, with_tokens),
    Entry("api-tokens-revoked", revoked, with_tokens),
)
