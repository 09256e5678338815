"""``tui-mfa keys``: changes by the owner, the operator's list, and what sshd runs."""

import pwd
from pathlib import Path
from typing import Any

import pytest

from tests.cli.home import PASSWORD, Home, Line, Result
from tests.ssh_lines import ed25519, hardware_ed25519, rsa

TITLE = "jane@laptop"


@pytest.fixture(autouse=True)
def no_system_users(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no user of the machine that runs the tests have the name of an account."""

    def nobody(name: str) -> Any:
        raise KeyError(name)

    monkeypatch.setattr(pwd, "getpwnam", nobody)


def owner(home: Home, *arguments: str, before: tuple[Line, ...] = ()) -> Result:
    """Run a command as Jane: the password is the next line of standard input, and the mailed code the one after."""
    return home.run("keys", *arguments, "--password-stdin", stdin=(*before, PASSWORD, home.mailed_code))


def add(home: Home, text: str | None = None, *more: str) -> Result:
    return owner(home, "add", "jane", *more, before=(text or ed25519(),))


def listed(home: Home) -> list[dict[str, Any]]:
    keys: list[dict[str, Any]] = home.run("keys", "list", "jane", "--json").value["keys"]
    return keys


def test_add_list_rename_delete(home: Home) -> None:
    """S53, S63: the whole life of a key, each change with a mail."""
    home.add()
    added = add(home, None, "--json", "--expires", "90").value
    assert added == {
        "id": added["id"],
        "title": TITLE,
        "type": "ssh-ed25519",
        "kind": "ED25519",
        "bits": 256,
        "hardware": False,
        "fingerprint": added["fingerprint"],
        "added_at": "2026-11-24T12:30:05Z",
        "added_from": added["added_from"],
        "last_used_at": None,
        "expires_at": "2027-02-22T12:30:05Z",
        "expired": False,
        "usable": True,
        "problem": None,
    }
    assert listed(home) == [added]
    renamed = owner(home, "rename", "jane", TITLE, "work laptop")
    assert (renamed.status, renamed.err.splitlines()[-1]) == (0, "The key is called “work laptop” now.")
    deleted = owner(home, "delete", "jane", added["fingerprint"], "--yes", "--json")
    assert deleted.value == added | {"title": "work laptop"}
    assert listed(home) == []
    assert any("An SSH key was added" in mail.read_text() for mail in home.mails())
    assert "An SSH key was deleted" in home.mails()[-1].read_text()


def test_words_tell_what_was_left_out_and_what_is_better(home: Home) -> None:
    """S54: options are named; a weak key comes with advice."""
    home.add()
    done = add(home, f'from="10.0.0.1",no-pty {rsa(2048)}')
    assert done.status == 0
    assert "RSA 2048, SHA256:" in done.err
    assert "Options before the key were not kept: from, no-pty." in done.err
    assert "3072 or more are advised." in done.err
    assert done.out == ""


def test_a_key_comes_from_a_file_in_any_coding(home: Home, tmp_path: Path) -> None:
    home.add()
    for number, coding in enumerate(("utf-8", "utf-8-sig", "utf-16")):
        text = ed25519(str(number), comment=f"jané {number}")
        file = tmp_path / "id.pub"
        file.write_bytes(f"{text[:40]}\r\n{text[40:]}\r\n".encode(coding))
        assert owner(home, "add", "jane", str(file)).status == 0
    assert [key["title"] for key in listed(home)] == ["jané 0", "jané 1", "jané 2"]


@pytest.mark.parametrize(
    ("content", "word"),
    [(b"\x00\xff\x80", "control"), (b"\xff\xfe\x00", "not a public key"), (b"x" * 99_999, "longer than")],
)
def test_a_file_that_is_no_text_is_refused(home: Home, tmp_path: Path, content: bytes, word: str) -> None:
    home.add()
    (tmp_path / "id.pub").write_bytes(content)
    refused = home.run("keys", "add", "jane", str(tmp_path / "id.pub"), "--password-stdin", stdin=(PASSWORD,))
    assert refused.status == 1
    assert word in refused.err


@pytest.mark.parametrize("name", ["missing.pub", ".", "a\0b"])
def test_a_file_that_cannot_be_read_is_named(home: Home, tmp_path: Path, name: str) -> None:
    home.add()
    refused = home.run("keys", "add", "jane", f"{tmp_path}/{name}", "--json")
    assert (refused.status, refused.error["field"]) == (1, "file")


def test_a_refusal_comes_before_the_login_with_its_command(home: Home) -> None:
    """S53: no mail in vain; the reason in words, the command as the next step."""
    home.add()
    refused = home.run("keys", "add", "jane", "--password-stdin", "--json", stdin=(rsa(1024), PASSWORD))
    assert refused.status == 1
    assert refused.error["code"] == "key_refused"
    assert refused.error["next"] == "ssh-keygen -t ed25519"
    assert "1024 bits" in refused.error["message"]
    assert home.mails() == []
    words = home.run("keys", "add", "jane", "--password-stdin", stdin=(rsa(1024), PASSWORD)).err
    assert words.count("ssh-keygen -t ed25519") == 1


def test_a_private_key_is_refused_and_appears_nowhere(home: Home, tmp_path: Path) -> None:
    """S53: not on the screen, not in the log, not in the store."""
    home.add()
    secret = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtz"
    file = tmp_path / "id"
    file.write_text(f"-----BEGIN OPENSSH PRIVATE KEY-----\n{secret}\n-----END OPENSSH PRIVATE KEY-----\n")
    for result in (
        home.run("keys", "add", "jane", str(file)),
        home.run("keys", "add", "jane", "--password-stdin", stdin=(secret, PASSWORD)),
    ):
        assert result.status == 1
        assert "PRIVATE key" in result.err
        assert secret[:20] not in result.err + result.out
    kept = [path for path in home.data.rglob("*") if path.is_file() and secret.encode()[:20] in path.read_bytes()]
    assert kept == []


def test_delete_asks(home: Home) -> None:
    home.add()
    add(home)
    asked = home.run("keys", "delete", "jane", TITLE)
    assert (asked.status, "--yes is needed" in asked.err) == (2, True)
    assert len(listed(home)) == 1


def test_an_unknown_key_or_account_is_refused(home: Home) -> None:
    home.add()
    missing = owner(home, "delete", "jane", "nope", "--yes", "--json")
    assert (missing.status, missing.error["code"]) == (1, "no_such_key")
    for command in ("list", "authorized"):
        found = home.run("keys", command, "nobody", "--json")
        assert found.status == (1 if command == "list" else 0)
    assert home.run("keys", "list", "jane").err == "There are no SSH keys. Add one: tui-mfa keys add jane FILE\n"


def test_the_list_for_people_says_why_a_key_opens_nothing(home: Home) -> None:
    """S53: the operator raised the minimum, and another key has expired."""
    home.add()
    add(home, rsa(2048), "--title", "old")
    add(home, ed25519(), "--title", "short [bold]", "--expires", "1")
    home.clock.turn(86_400)
    home.environ["TUI_MFA_SSH_RSA_BITS"] = "3072"
    shown = home.run("keys", "list", "jane")
    assert "RSA 2048" in shown.out
    assert "short [bold]" in shown.out
    assert "(expired)" in shown.out
    assert "old: It opens nothing: RSA keys need 3072 bits here." in shown.err
    assert home.run("keys", "authorized", "jane").out == ""


def test_the_last_key_stays_where_the_operator_says_so(home: Home) -> None:
    """S56: refused by the setting, with status 1."""
    home.add()
    add(home)
    home.environ["TUI_MFA_KEEP_LAST_KEY"] = "true"
    refused = owner(home, "delete", "jane", TITLE, "--yes", "--json")
    assert (refused.status, refused.error["code"]) == (1, "not_allowed")
    assert len(listed(home)) == 1


def test_authorized_prints_type_and_base64_alone(home: Home) -> None:
    """S54, S52: two words a line; nothing for a disabled account; nothing on standard error."""
    home.add()
    add(home, f"restrict {ed25519()}")
    add(home, hardware_ed25519())
    expected = [" ".join(text.split()[:2]) for text in (ed25519(), hardware_ed25519())]
    printed = home.run("keys", "authorized", "jane")
    assert (printed.status, printed.out.splitlines(), printed.err) == (0, expected, "")
    assert home.run("keys", "authorized", "jane", "--json").value == {"authorized": expected}
    assert home.run("keys", "authorized", "JANE").out == ""
    home.run("accounts", "disable", "jane")
    closed = home.run("keys", "authorized", "jane")
    assert (closed.status, closed.out) == (0, "")


def test_authorized_needs_no_key_file_and_makes_nothing(home: Home) -> None:
    """S54: it reads the store and nothing else."""
    home.add()
    add(home)
    home.environ["TUI_MFA_KEY_FILE"] = str(home.folder / "not-there")
    assert home.run("keys", "authorized", "jane").out.startswith("ssh-ed25519 ")
    home.environ["TUI_MFA_DATA_DIR"] = str(home.folder / "elsewhere")
    wrong = home.run("keys", "authorized", "jane")
    assert (wrong.status, wrong.out) == (3, "")
    assert not (home.folder / "elsewhere").exists()


def test_authorized_gives_no_key_for_the_system_s_own_users(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """S54: whoever has the account “jane” must not become a user of the system by that name."""
    home.add()
    add(home)

    class User:
        pw_uid = 999

    monkeypatch.setattr(pwd, "getpwnam", lambda name: User)
    refused = home.run("keys", "authorized", "jane")
    assert (refused.status, refused.out) == (1, "")
    assert home.run("keys", "authorized", "--system-users", "jane").out != ""
    User.pw_uid = 1000
    assert home.run("keys", "authorized", "jane").out != ""


def test_used_notes_the_key_that_logged_in(home: Home, tmp_path: Path) -> None:
    """S58: by PAM's variable, or by the file of ExposeAuthInfo."""
    home.add()
    key = add(home, None, "--json").value
    information = f"publickey {' '.join(ed25519().split()[:2])}\n"
    home.environ |= {"PAM_USER": "jane", "SSH_AUTH_INFO_0": information}
    assert home.run("keys", "used", "--json").value == {"noted": key["id"]}
    assert home.run("keys", "used", "--json").value == {"noted": None}
    assert listed(home)[0]["last_used_at"] == "2026-11-24T12:30:05Z"
    home.clock.turn(600)
    del home.environ["PAM_USER"], home.environ["SSH_AUTH_INFO_0"]
    (tmp_path / "auth").write_text(information)
    home.environ["SSH_USER_AUTH"] = str(tmp_path / "auth")
    quiet = home.run("keys", "used", "jane")
    assert (quiet.status, quiet.out, quiet.err) == (0, "", "")
    assert listed(home)[0]["last_used_at"] == "2026-11-24T12:40:05Z"


def test_used_says_what_it_lacks(home: Home, tmp_path: Path) -> None:
    home.add()
    assert "USERNAME is needed" in home.run("keys", "used").err
    assert "ExposeAuthInfo yes" in home.run("keys", "used", "jane").err
    home.environ["SSH_USER_AUTH"] = str(tmp_path / "gone")
    lacking = home.run("keys", "used", "jane")
    assert (lacking.status, "cannot be read" in lacking.err) == (2, True)


def test_used_leaves_another_user_s_store_alone(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """S65: files that root makes would lock the program out of its own store."""
    home.add()
    add(home)
    home.environ["SSH_AUTH_INFO_0"] = f"publickey {' '.join(ed25519().split()[:2])}"
    monkeypatch.setattr("os.geteuid", lambda: home.data.stat().st_uid + 1)
    refused = home.run("keys", "used", "jane")
    assert (refused.status, "belongs to" in refused.err) == (3, True)


def test_an_app_s_code_works_too(home: Home) -> None:
    """S51: the login of the command is the confirmation."""
    home.add()
    secret = home.enable_app()
    done = home.run(
        *("keys", "add", "jane", "--password-stdin", "--code", home.app_code(secret)), stdin=(ed25519(), PASSWORD)
    )
    assert done.status == 0
