from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_mfa.settings import SettingsError, load_settings
from tui_mfa.settings_keys import KEYS


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("idle_lock", "1m", timedelta(minutes=1)),
        ("idle_lock", "60s", timedelta(minutes=1)),
        ("idle_lock", "60m", timedelta(hours=1)),
        ("idle_lock", "1h", timedelta(hours=1)),
        ("ssh_rsa_bits", "2048", 2048),
        ("ssh_rsa_bits", 4096, 4096),
        ("keep_last_key", "yes", True),
        ("session_lifetime", "5m", timedelta(minutes=5)),
        ("session_lifetime", "24h", timedelta(hours=24)),
        ("session_lifetime", "1440m", timedelta(hours=24)),
        ("issuer", "x", "x"),
        ("issuer", "x" * 32, "x" * 32),
        ("issuer", " Élestio ", "Élestio"),
        ("mfa_required", "true", True),
        ("mfa_required", "On", True),
        ("mfa_required", "0", False),
        ("mfa_required", True, True),
        ("tabs", "security,user-info", ("user-info", "security")),
        ("tabs", ["security"], ("security",)),
        ("tabs", ("service-quota", " security"), ("security", "service-quota")),
        ("support_address", "", ""),
        ("support_address", "help@example.com", "help@example.com"),
        ("mail_from", "mfa@example.com", "mfa@example.com"),
        ("smtp", "", None),
        ("smtp_ca_file", "", None),
        ("store", "memory:", "memory:"),
        ("store", "tinydb:/srv/mfa", "tinydb:/srv/mfa"),
        ("zone", "Europe/Berlin", "Europe/Berlin"),
    ],
)
def test_what_is_taken(key: str, text: object, value: object) -> None:
    assert getattr(load_settings({key: text}, {}), key) == value


@pytest.mark.parametrize(
    ("key", "texts"),
    [
        ("idle_lock", ["59s", "0m", "61m", "3601s", "", "m", "-1m", "1.5m", "15", "15 m", "15min", "1m1s", 15, "١m"]),
        ("ssh_rsa_bits", ["2047", 8193, True, "many", ""]),
        ("keep_last_key", ["perhaps", 1]),
        ("session_lifetime", ["299s", "4m", "25h", "1441m", "9999999h", "0h", True]),
        ("issuer", ["", " ", "x" * 33, "a:b", "a\nb", "a\x1b[1m", "a\u202eb", 7]),
        ("mfa_required", ["", "maybe", "2", 1, None.__class__]),
        ("registration", ["", "OPEN", "true", True]),
        ("tabs", ["", ",", "security,", "Security", [], [7], "security;invoices", 7]),
        ("theme", ["", "textual-dark", 1]),
        ("support_address", ["help", "a@b.example, c@d.example", "help@example.com\nBcc: x@example.com", 1]),
        ("mail_from", ["", "mfa", "MFA <mfa@example.com>", "mfa@"]),
        ("store", ["", "tinydb", "tinydb:", "tinydb://x", "sqlite:x", "memory:x", "postgresql://u:hush@h/d", 1]),
        ("data_dir", ["", "a\0b", "~nobody-of-this-name/x", 3]),
        ("key_file", ["", "\0"]),
        ("smtp_ca_file", ["/nowhere/ca.pem", "/", 3]),
        ("zone", ["", "Europe", "Mars/Base", "../etc/passwd", "/etc/localtime", 1]),
        ("smtp", ["mail.example.com", "smtp+plain://mail.example.com", 25, ["smtp://u:hush@h"], {"password": "hush"}]),
    ],
)
def test_what_is_refused(key: str, texts: list[object]) -> None:
    for text in texts:
        with pytest.raises(SettingsError) as caught:
            load_settings({key: text}, {})
        [problem] = caught.value.problems
        assert problem.startswith(f"--{key.replace('_', '-')} takes {KEYS[key].takes}")
        assert problem.isprintable()
        assert "hush" not in problem


def test_a_refused_value_is_cut() -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings({"theme": "x" * 10_000}, {})
    [problem] = caught.value.problems
    assert len(problem) < 200


@given(key=st.sampled_from(sorted(KEYS)), text=st.text() | st.integers() | st.lists(st.text()))
def test_no_value_breaks_the_reader(key: str, text: object) -> None:
    try:
        load_settings({"mail_from": "a@example.com"} | {key: text}, {})
    except SettingsError as error:
        assert error.problems  # noqa: PT017 - most values are refused, and none need be
