"""What a person tells about themselves: changed as a whole or not at all, by the owner and by the operator."""

import pytest

from tests.fakes import log_in, make_account, make_services, tags
from tui_mfa.domain.account import Profile
from tui_mfa.domain.errors import InvalidInput
from tui_mfa.domain.events import Tag
from tui_mfa.domain.login.model import Session
from tui_mfa.domain.operator import flows as operator
from tui_mfa.domain.ports import Services
from tui_mfa.domain.profile import flows

WHOLE = {
    "name": "Jane Doe",
    "company": "Zwölf & Söhne 木村 \N{BAGUETTE BREAD}",
    "address": "12 Harbour Road, Cork T12 X2Y3",
    "country": "ireland",
    "vat_id": "6433435f",
}


HOSTILE = {
    "ESC": "a\x1b[2Jb",
    "C1": "a\x9b31mb",
    "NUL": "a\0b",
    "bidi": "a\u202eb",
    "line": "a\nb",
    "zero width": "a\u200bb",
    "emoji": "\N{PILE OF POO}" * 201,
    "flood": "x" * 10_000,
}


@pytest.fixture
def services() -> Services:
    services = make_services()
    make_account(services)
    return services


@pytest.fixture
def session(services: Services) -> Session:
    return log_in(services)


def kept(services: Services, session: Session) -> Profile:
    return services.store.get(session.account_id).profile


def test_all_fields_are_kept_and_shown(services: Services, session: Session) -> None:
    flows.edit(services, session, **WHOLE)
    profile = Profile(
        name="Jane Doe", company=WHOLE["company"], address=WHOLE["address"], country="IE", vat_id="IE6433435F"
    )
    assert kept(services, session) == profile
    shown = flows.overview(services, session)
    assert (shown.name, shown.company, shown.address) == (profile.name, profile.company, profile.address)
    assert (shown.country, shown.vat_id) == ("Ireland", "IE6433435F")
    event = services.store.events(session.account_id)[-1]
    assert (event.tag, event.detail) == (Tag.PROFILE_CHANGED, {"fields": "name, company, address, country, vat_id"})


def test_what_is_not_given_stays_and_nothing_new_is_no_event(services: Services, session: Session) -> None:
    flows.edit(services, session, **WHOLE)
    before = tags(services, session.account_id)
    flows.edit(services, session, **WHOLE)
    flows.edit(services, session)
    assert tags(services, session.account_id) == before
    flows.edit(services, session, company="")
    assert kept(services, session).company == ""
    assert kept(services, session).address == WHOLE["address"]


@pytest.mark.parametrize("field", ["name", "company", "address", "country", "vat_id"])
@pytest.mark.parametrize("hostile", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_is_refused_in_every_field_and_nothing_is_kept(
    services: Services, session: Session, field: str, hostile: str
) -> None:
    """S66: control characters, invisible ones and floods; the other fields of the same form are not kept either."""
    before = kept(services, session)
    with pytest.raises(InvalidInput) as caught:
        flows.edit(services, session, **{**WHOLE, field: hostile})
    assert caught.value.field == field
    assert kept(services, session) == before


@pytest.mark.parametrize(
    "text",
    [
        "木" * 60,
        "x" * 60,
        "\N{ROCKET}" * 60,
        "مرحبا",
        "e\u0301tienne",
        "[/foo]",
        "$accent",
        "O'Neil <a@b>",
    ],
)
def test_names_of_all_kinds_are_kept(services: Services, session: Session, text: str) -> None:
    flows.edit(services, session, name=text, company=text, address=text)
    assert kept(services, session).name == text.replace("e\u0301", "é")


def test_the_sign_that_makes_a_picture_of_a_heart_is_dropped(services: Services, session: Session) -> None:
    flows.edit(services, session, company="We \N{HEAVY BLACK HEART}\ufe0f bread")
    assert kept(services, session).company == "We \N{HEAVY BLACK HEART} bread"


def test_another_country_must_fit_the_number_that_is_kept(services: Services, session: Session) -> None:
    flows.edit(services, session, country="CH", vat_id="CHE107787577IVA")
    with pytest.raises(InvalidInput) as caught:
        flows.edit(services, session, country="NO")
    assert caught.value.field == "vat_id"
    assert kept(services, session).country == "CH"
    flows.edit(services, session, country="NO", vat_id="")
    assert (kept(services, session).country, kept(services, session).vat_id) == ("NO", "")


def test_a_number_that_is_kept_stands_although_rules_change(services: Services, session: Session) -> None:
    with services.store.account(session.account_id) as account:
        account.profile.country, account.profile.vat_id = "CH", "from before there were rules"
    flows.edit(services, session, name="Jane", country="CH", vat_id="from before there were rules")
    assert kept(services, session).name == "Jane"


def test_the_operator_edits_the_same_by_the_same_rules(services: Services, session: Session) -> None:
    operator.edit(services, "jane", country="de", vat_id="136695976")
    assert kept(services, session).vat_id == "DE136695976"
    assert services.store.events(session.account_id)[-1].origin == "operator"
    with pytest.raises(InvalidInput):
        operator.edit(services, "jane", vat_id="136695975")
