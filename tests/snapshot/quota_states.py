"""Limits at every level, their requests, and User Info with everything in it, from plain to as wide as it gets."""

from functools import partial

from tests.fakes import log_in
from tests.snapshot.login_states import by_mail
from tests.snapshot.profile_states import tab
from tests.snapshot.stage import SMALL, Entry, Stage
from tui_mfa.domain.ports import Services
from tui_mfa.domain.profile import flows as profile
from tui_mfa.domain.quota import flows, operator
from tui_mfa.screens.quota_request import QuotaRequestModal

KINDS = (
    ("services", "10", "Services", ""),
    ("cpu-cores", "32", "CPU cores", ""),
    ("memory", "64", "Memory", "GB"),
    ("storage", "500", "Storage", "GB"),
    ("snapshots", "20", "Snapshots", ""),
    ("traffic", "unlimited", "Traffic", "GB"),
)


def limits(services: Services) -> None:
    """Make Jane with limits at every level."""
    by_mail(services)
    for name, limit, label, unit in KINDS:
        operator.set_default(services, name, limit, label=label, unit=unit)
    amounts = {"services": "4", "cpu-cores": "24", "memory": "59", "storage": "500", "traffic": "1840"}
    operator.report(services, "jane", amounts)


def asked(services: Services) -> None:
    """Make Jane with one request that is open and two that were answered."""
    limits(services)
    session = log_in(services)
    flows.request_increase(services, session, "storage", "1000", "Photos of every loaf")
    granted = flows.request_increase(services, session, "memory", "128", "More ovens")
    operator.grant(services, "jane", granted.id, "96", "Enough for now")
    refused = flows.request_increase(services, session, "services", "99", "A shop for each town")
    operator.refuse(services, "jane", refused.id, "Ask again in spring")


def whole(services: Services) -> None:
    """Make Jane with every field filled."""
    by_mail(services)
    _tell(services, "Jane Doe", "Lighthouse Bakery", "12 Harbour Road, Cork T12 X2Y3")


def wide(services: Services) -> None:
    """Make Jane with sixty wide characters in every field."""
    by_mail(services)
    _tell(services, "木村灯台" * 15, "\N{BAGUETTE BREAD}" * 60, "Straße der Bäcker 12, " * 9)


def _tell(services: Services, name: str, company: str, address: str) -> None:
    session = log_in(services)
    profile.edit(services, session, name=name, company=company, address=address, country="IE", vat_id="6433435F")


async def country_refused(stage: Stage) -> None:
    await tab(stage, "1")
    stage.app.screen.query_one("#country").focus()
    await stage.type("germny")
    await stage.press("enter")
    await stage.until_shown("! ")


async def request(stage: Stage) -> None:
    await tab(stage, "6")
    await stage.open("#quota-storage")
    await stage.until_page(QuotaRequestModal)


async def request_refused(stage: Stage) -> None:
    await request(stage)
    await stage.type("500")
    await stage.press("enter")
    await stage.type("Photos")
    await stage.press("enter")
    await stage.until_shown("! ")


ENTRIES = (
    Entry("quota-levels", partial(tab, key="6"), limits, main=True),
    Entry("quota-asked", partial(tab, key="6"), asked),
    Entry("quota-request-again", request, asked, sizes=SMALL),
    Entry("quota-request-refused", request_refused, asked, sizes=SMALL),
    Entry("user-info-whole", partial(tab, key="1"), whole),
    Entry("user-info-wide", partial(tab, key="1"), wide),
    Entry("user-info-refused", country_refused, by_mail, sizes=SMALL),
)
