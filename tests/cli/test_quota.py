"""``tui-mfa quota``: limits set, reported, asked for and answered."""

import pytest

from tests.cli.home import PASSWORD, Home


def set_storage(home: Home) -> None:
    done = home.run("quota", "set", "--default", "storage", "100", "--label", "Storage", "--unit", "GB")
    assert (done.status, done.out, done.err) == (0, "", "Storage: 100 GB for every account without its own limit.\n")


def ask(home: Home, wanted: str = "250", reason: str = "Backups") -> str:
    asked = home.run(
        "quota", "ask", "jane", "storage", wanted, "--reason", reason, "--password-stdin", "--json",
        stdin=(PASSWORD, home.mailed_code),
    )  # fmt: skip
    assert asked.status == 0, asked
    return str(asked.value["id"])


def test_the_limits_of_every_account(home: Home) -> None:
    set_storage(home)
    lines = [line.split() for line in home.run("quota", "list").out.splitlines()]
    assert lines == [
        ["QUOTA", "LABEL", "LIMIT"],
        ["api-tokens", "API", "tokens", "20"],
        ["ssh-keys", "SSH", "keys", "50"],
        ["storage", "Storage", "100", "GB"],
    ]
    assert home.run("quota", "list", "--json").value["quotas"][2] == {
        "name": "storage",
        "label": "Storage",
        "unit": "GB",
        "limit": 100,
    }


def test_a_limit_of_one_account_goes_back_to_the_default(home: Home) -> None:
    set_storage(home)
    home.add()
    mine = home.run("quota", "set", "jane", "storage", "unlimited", "--json").value
    assert (mine["limit"], mine["own"], mine["level"]) == (None, True, "unlimited")
    assert "  Now:     unlimited\n" in home.mails()[-1].read_text()
    back = home.run("quota", "set", "jane", "storage", "default", "--json").value
    assert (back["limit"], back["own"]) == (100, False)
    assert len(home.mails()) == 2


def test_what_is_used_is_reported_and_listed(home: Home) -> None:
    set_storage(home)
    home.run("quota", "set", "--default", "cpu-cores", "8")
    home.add()
    reported = home.run("quota", "report", "jane", "storage=75", "cpu-cores=8", "--json")
    assert [(row["name"], row["percent"], row["level"]) for row in reported.value["quotas"]] == [
        ("storage", 75, "near"),
        ("cpu-cores", 100, "full"),
    ]
    rows = {line.split()[0]: line.split() for line in home.run("quota", "list", "jane").out.splitlines()}
    assert rows["storage"] == ["storage", "Storage", "75", "GB", "100", "GB", "75", "%", "near"]
    assert rows["ssh-keys"] == ["ssh-keys", "SSH", "keys", "0", "50", "0", "%", "ok"]
    shown = home.run("quota", "list", "jane", "--json").value
    assert (shown["username"], shown["quotas"][3]["reported_at"]) == ("jane", "2026-11-24T12:30:05Z")


def test_a_request_is_asked_for_listed_and_granted(home: Home) -> None:
    set_storage(home)
    home.add()
    request = ask(home)
    (listed,) = home.run("quota", "requests", "--json").value["requests"]
    assert (listed["id"], listed["username"], listed["wanted"], listed["state"]) == (request, "jane", 250, "open")
    assert f"{request}  jane" in home.run("quota", "requests").out
    told = len(home.mails())
    done = home.run("quota", "grant", "jane", request, "--limit", "200", "--answer", "Enough")
    assert (done.status, done.err) == (0, "jane has storage 200 now.\n")
    assert len(home.mails()) == told + 1
    assert "  Limit:   Storage\n  Now:     200 GB\n" in home.mails()[-1].read_text()
    assert home.run("quota", "requests").err == "Nobody asks for a higher limit.\n"
    (kept,) = home.run("quota", "requests", "jane", "--all", "--json").value["requests"]
    assert (kept["state"], kept["granted"], kept["answer"]) == ("granted", 200, "Enough")


def test_a_request_is_mailed_to_the_address_that_helps(home: Home) -> None:
    set_storage(home)
    home.environ["TUI_MFA_SUPPORT_ADDRESS"] = "help@example.com"
    home.add()
    request = ask(home)
    text = home.mails()[-1].read_text()
    assert "To: help@example.com\n" in text
    assert "  Now:     100 GB\n  Wanted:  250 GB\n" in text
    assert f"  Request: {request}\n" in text
    assert "write to" not in text


def test_a_request_is_refused_with_a_reason(home: Home) -> None:
    set_storage(home)
    home.add()
    request = ask(home)
    assert home.run("quota", "refuse", "jane", request).status == 2
    refused = home.run("quota", "refuse", "jane", request, "--answer", "Clean up first", "--json").value
    assert (refused["state"], refused["answer"]) == ("refused", "Clean up first")
    again = home.run("quota", "grant", "jane", request, "--json")
    assert (again.status, again.error["code"]) == (1, "not_allowed")


def test_a_removed_limit_is_gone(home: Home) -> None:
    set_storage(home)
    assert home.run("quota", "remove", "storage").err == "The limit storage is removed.\n"
    refused = home.run("quota", "remove", "ssh-keys", "--json")
    assert (refused.status, refused.error["code"]) == (1, "not_allowed")


@pytest.mark.parametrize(
    ("words", "status", "field"),
    [
        ("set jane storage", 2, None),
        ("set --default jane storage 1", 2, None),
        ("set jane storage 1 --unit GB", 2, None),
        ("set jane storage many", 1, "limit"),
        ("set jane no-such 1", 1, "quota"),
        ("set --default Storage! 1", 1, "quota"),
        ("set nobody storage 1", 1, "name"),
        ("report jane storage", 2, None),
        ("report jane storage=1 storage=2", 2, None),
        ("report jane storage=x", 1, "amount"),
        ("report jane ssh-keys=1", 1, None),
        ("grant jane 12345678", 1, "request"),
    ],
)
def test_what_cannot_be_used_is_refused(home: Home, words: str, status: int, field: str | None) -> None:
    set_storage(home)
    home.add()
    refused = home.run("quota", *words.split(), "--json")
    assert (refused.status, refused.error["field"]) == (status, field)


def test_a_full_limit_names_itself_on_the_command_line(home: Home) -> None:
    home.add()
    home.run("quota", "set", "jane", "api-tokens", "0")
    refused = home.run(
        "tokens", "create", "jane", "ci", "--password-stdin", "--json", stdin=(PASSWORD, home.mailed_code)
    )
    assert refused.error["code"] == "quota_exceeded"
    assert "“API tokens” of 0 is reached" in refused.error["message"]
    assert refused.error["next"] == "tui-mfa quota list NAME"


def test_hostile_words_reach_no_terminal(home: Home) -> None:
    """S66: what somebody wrote into the store by hand steers no terminal."""
    set_storage(home)
    home.add()
    ask(home)
    hostile = "ev\x1b]0;owned\x07\x9b31m\u202eil\n[red]x[/]"
    services = home.services()
    with services.store.account(next(services.store.ids())) as account:
        account.quotas.requests[0].reason = hostile
    with services.store.change_installation() as installation:
        installation.quotas["storage"].label = installation.quotas["storage"].unit = hostile
    for command in (("list",), ("list", "jane"), ("requests",), ("set", "jane", "storage", "5")):
        shown = home.run("quota", *command)
        assert shown.status == 0
        assert "[red]x[/]" in shown.out + shown.err
        assert not set(shown.out + shown.err) & {"\x1b", "\x07", "\x9b", "\u202e"}
    assert home.run("quota", "requests", "--json").out.isascii()
