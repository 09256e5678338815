"""``tui-mfa accounts edit``, and what ``show`` says of it."""

import pytest

from tests.cli.home import Home


def test_what_is_given_is_changed_and_shown(home: Home) -> None:
    home.add()
    whole = ("--name", "Jane Doe", "--company", "木村 & Söhne", "--address", "12 Harbour Road", "--country", "germany")
    done = home.run("accounts", "edit", "jane", *whole, "--vat-id", "136 695 976")
    assert (done.status, done.out, done.err) == (0, "", "The account jane is changed.\n")
    shown = home.run("accounts", "show", "jane").out
    for line in (
        "Name:         Jane Doe",
        "Company:      木村 & Söhne",
        "Address:      12 Harbour Road",
        "Country:      Germany",
        "VAT id:       DE136695976",
    ):
        assert line in shown
    less = home.run("accounts", "edit", "jane", "--company", "", "--json").value["profile"]
    assert less == {
        "name": "Jane Doe",
        "company": "",
        "address": "12 Harbour Road",
        "country": "DE",
        "vat_id": "DE136695976",
    }
    events = home.run("events", "list", "jane", "--json").value["events"]
    assert (events[-1]["tag"], events[-1]["origin"]) == ("profile.changed", "operator")


@pytest.mark.parametrize(
    ("option", "value", "field"),
    [
        ("--country", "Atlantis", "country"),
        ("--vat-id", "DE136695975", "vat_id"),
        ("--name", "x" * 101, "name"),
        ("--company", "a\x1b[2Jb", "company"),
        ("--address", "x" * 201, "address"),
    ],
)
def test_what_is_wrong_is_refused_by_field(home: Home, option: str, value: str, field: str) -> None:
    home.add()
    refused = home.run("accounts", "edit", "jane", option, value, "--json")
    assert (refused.status, refused.error["field"]) == (1, field)


def test_nothing_to_change_is_a_mistake(home: Home) -> None:
    home.add()
    assert home.run("accounts", "edit", "jane").status == 2
