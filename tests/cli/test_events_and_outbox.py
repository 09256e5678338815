"""``tui-mfa events`` and ``tui-mfa outbox``."""

import pytest

from tests.cli.home import Home


def test_events_lists_the_newest_oldest_first(home: Home) -> None:
    home.add()
    for _ in range(3):
        home.run("accounts", "disable", "jane")
        home.run("accounts", "enable", "jane")
    listed = home.run("events", "list", "jane", "--limit", "2", "--json").value
    assert listed["total"] == 7
    assert listed["events"] == [
        {"seq": 6, "at": "2026-11-24T12:30:05Z", "tag": "account.disabled", "origin": "operator", "detail": {}},
        {
            "seq": 7,
            "at": "2026-11-24T12:30:05Z",
            "tag": "account.enabled",
            "origin": "operator",
            "detail": {"factors": ""},
        },
    ]
    shown = home.run("events", "list", "jane", "--limit", "2")
    assert [line.split()[2] for line in shown.out.splitlines()[1:]] == ["account.disabled", "account.enabled"]
    assert shown.err == "5 older events: --limit 7 shows all.\n"


@pytest.mark.parametrize("limit", ["0", "-1", "many"])
def test_events_takes_a_limit_from_one(home: Home, limit: str) -> None:
    refused = home.run("events", "list", "jane", "--limit", limit, "--json")
    assert (refused.status, refused.error["code"]) == (2, "usage")


def test_events_of_nobody(home: Home) -> None:
    refused = home.run("events", "list", "nobody", "--json")
    assert (refused.status, refused.error["code"]) == (1, "no_such_account")


def test_an_empty_outbox(home: Home) -> None:
    listed = home.run("outbox", "list")
    assert (listed.status, listed.out, "is empty" in listed.err) == (0, "", True)
    assert home.run("outbox", "list", "--json").value == {"mails": []}
    refused = home.run("outbox", "show", "--json")
    assert (refused.status, refused.error["next"]) == (1, "tui-mfa outbox list")


def test_the_outbox_shows_one_mail_by_name_or_the_newest(home: Home) -> None:
    home.add()
    home.run("accounts", "disable", "jane")
    home.clock.turn(1)
    home.run("accounts", "set-email", "jane", "new@example.com")
    listed = home.run("outbox", "list", "--json").value["mails"]
    assert [set(mail) for mail in listed] == [{"name", "at", "to", "subject"}] * 3
    first, newest = listed[0], listed[-1]
    lines = home.run("outbox", "list").out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == [mail["name"] for mail in listed]

    shown = home.run("outbox", "show")
    assert shown.out == home.run("outbox", "show", "latest").out == home.run("outbox", "show", newest["name"]).out
    head, _, body = shown.out.partition("\n\n")
    assert f"Subject: {newest['subject']}" in head.splitlines()
    assert "address" in body
    value = home.run("outbox", "show", first["name"], "--json").value
    assert (value["name"], value["headers"]["To"]) == (first["name"], "jane@example.com")
    assert "disabled" in value["body"]


@pytest.mark.parametrize("name", ["../keys", "20261124T123005.000000Z-0001-x.eml"])
def test_the_outbox_shows_nothing_else(home: Home, name: str) -> None:
    refused = home.run("outbox", "show", name, "--json")
    assert (refused.status, refused.error["code"]) == (1, "invalid_input")


def test_a_mail_that_was_tampered_with_reaches_no_terminal(home: Home) -> None:
    home.add()
    home.run("accounts", "disable", "jane")
    (mail,) = home.mails()
    mail.write_bytes(mail.read_bytes() + b"\x1b[31mred \xc2\x9b31m\r\n")
    shown = home.run("outbox", "show")
    assert "red" in shown.out
    assert not set(shown.out) & {"\x1b", "\x9b", "\r"}
    mail.write_bytes(b"Subject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b--\r\n")
    assert "holds no plain text" in home.run("outbox", "show").out


def test_the_outbox_says_when_mail_goes_elsewhere(home: Home) -> None:
    home.environ["TUI_MFA_SMTP"] = "smtp+plain://127.0.0.1:2525"
    assert "what is here is from before" in home.run("outbox", "list").err
