import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tui_mfa.domain.ports import Policy
from tui_mfa.machine_zone import MachineZone
from tui_mfa.presentation import when
from tui_mfa.settings import Settings, SettingsError, load_settings
from tui_mfa.settings_keys import KEYS, TABS, THEMES
from tui_mfa.themes import THEME_NAMES

PASSWORD = "hush-hush"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "data"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / "config"))
    monkeypatch.chdir(tmp_path)
    return folder


def config(folder: Path, text: str, mode: int = 0o600) -> Path:
    file = folder / "tui-mfa.toml"
    file.write_text(text)
    file.chmod(mode)
    return file


def problems(
    arguments: dict[str, object] | None = None,
    environ: dict[str, str] | None = None,
    file: Path | None = None,
) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load_settings(arguments or {}, environ or {}, file)
    assert caught.value.exit_status == 2
    assert caught.value.user_message == "\n".join(caught.value.problems)
    return caught.value.problems


def test_the_defaults(home: Path) -> None:
    settings = load_settings({}, {})
    assert settings.data_dir == home / "data/tui-mfa"
    assert settings.key_file == home / "config/tui-mfa/keys"
    assert settings.store == f"tinydb:{home}/data/tui-mfa"
    assert settings.outbox_dir == home / "data/tui-mfa/outbox"
    assert settings.save_dir == home
    assert settings.mail_from == "tui-mfa@localhost"
    assert settings.smtp is None
    assert settings.smtp_ca_file is None
    assert settings.tabs == TABS
    assert settings.theme == "tui-mfa-dark"
    assert settings.zone == "local"
    assert isinstance(settings.timezone(), MachineZone)
    assert settings.policy() == Policy()
    assert not list(home.iterdir()), "reading settings makes no folder"


def test_every_key_is_a_field() -> None:
    assert set(KEYS) == set(Settings.__dataclass_fields__)


def test_the_themes_are_those_of_the_screens() -> None:
    assert THEMES == THEME_NAMES


def test_folders_follow_the_data_dir(tmp_path: Path) -> None:
    settings = load_settings({"data_dir": tmp_path / "d"}, {})
    assert settings.store == f"tinydb:{tmp_path}/d"
    assert settings.outbox_dir == tmp_path / "d/outbox"


def test_one_folder_of_the_system_for_both_is_divided(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / "data"))
    settings = load_settings({}, {})
    assert settings.data_dir == home / "data/tui-mfa/data"
    assert settings.key_file == home / "data/tui-mfa/keys"


def test_command_line_over_environment_over_file_over_default(home: Path) -> None:
    folder = home / "config/tui-mfa"
    folder.mkdir(parents=True)
    config(folder, 'issuer = "file"\ntheme = "tui-mfa-light"\nregistration = "open"\n')
    environ = {"TUI_MFA_ISSUER": "env", "TUI_MFA_THEME": "tui-mfa-high-contrast"}
    settings = load_settings({"issuer": "line", "theme": None, "tabs": ()}, environ)
    assert settings.issuer == "line"
    assert settings.theme == "tui-mfa-high-contrast"
    assert settings.registration == "open"
    assert settings.tabs == TABS


def test_the_file_can_be_named(tmp_path: Path) -> None:
    one = config(tmp_path, 'issuer = "one"')
    two = tmp_path / "two.toml"
    two.write_text('issuer = "two"')
    assert load_settings({}, {"TUI_MFA_CONFIG": str(one)}).issuer == "one"
    assert load_settings({}, {"TUI_MFA_CONFIG": str(one)}, two).issuer == "two"
    assert load_settings({}, {"TUI_MFA_CONFIG": ""}).issuer == "tui-mfa"


def test_a_named_file_must_be_there_and_be_read(tmp_path: Path) -> None:
    gone = tmp_path / "gone.toml"
    assert problems(file=gone) == (f"The settings file {gone} is not there.",)
    assert problems(environ={"TUI_MFA_CONFIG": str(gone)}) == (f"The settings file {gone} is not there.",)
    assert problems(file=tmp_path) == (f"The settings file {tmp_path} cannot be read: Is a directory.",)
    [broken] = problems(file=config(tmp_path, 'issuer = "a\n'))
    assert "is not TOML" in broken
    assert "line 1" in broken
    (tmp_path / "tui-mfa.toml").write_bytes(b'issuer = "\xff"')
    assert problems(file=tmp_path / "tui-mfa.toml") == (f"The settings file {tmp_path}/tui-mfa.toml is not UTF-8.",)


def test_all_errors_come_at_once_with_key_source_and_what_it_takes(tmp_path: Path) -> None:
    file = config(tmp_path, 'isuer = "x"\ntheme = "pink"\ntabs = ["security", "taxes"]\n')
    found = problems({"registration": "maybe", "smpt": "x"}, {"TUI_MFA_IDLE_LOCK": "2h"}, file)
    assert found == (
        f"'isuer' in {file} is no setting. Did you mean issuer?",
        "--smpt is no setting. Did you mean smtp?",
        f"theme in {file} takes tui-mfa-dark, tui-mfa-light or tui-mfa-high-contrast, not 'pink'.",
        f"tabs in {file} takes a list of {', '.join(TABS)}, not ['security', 'taxes'].",
        "TUI_MFA_IDLE_LOCK takes 1m to 60m, not '2h'.",
        "--registration takes open or closed, not 'maybe'.",
    )


def test_paths_start_where_they_are_written(tmp_path: Path, home: Path) -> None:
    folder = tmp_path / "etc"
    folder.mkdir()
    file = config(folder, 'data_dir = "data"\nkey_file = "~/keys"\nstore = "tinydb:accounts"\n')
    settings = load_settings({"outbox_dir": "out"}, {"TUI_MFA_SAVE_DIR": "saved"}, file)
    assert settings.data_dir == folder / "data"
    assert settings.key_file == home / "keys"
    assert settings.store == f"tinydb:{folder}/accounts"
    assert settings.outbox_dir == tmp_path / "out"
    assert settings.save_dir == tmp_path / "saved"


@pytest.mark.parametrize("key_file", ["d/keys", "d/deep/keys", "d", "e/../d/keys", "link/keys"])
def test_keys_never_lie_beside_what_they_open(tmp_path: Path, key_file: str) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "e").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "d")
    [problem] = problems({"data_dir": "d"}, {"TUI_MFA_KEY_FILE": key_file})
    assert problem.startswith("TUI_MFA_KEY_FILE takes a file outside data_dir, not ")
    assert load_settings({"data_dir": "d", "key_file": "data-keys"}, {}).key_file == tmp_path / "data-keys"


def test_the_default_key_file_is_held_to_the_same(home: Path) -> None:
    [problem] = problems({"data_dir": home / "config"})
    assert problem.startswith("key_file (the default) takes a file outside data_dir")


def test_a_loop_of_links_is_no_crash(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert load_settings({"key_file": "loop"}, {}).key_file == tmp_path / "loop"


@pytest.mark.parametrize(
    ("smtp", "support", "sender"),
    [
        ("", "", "tui-mfa@localhost"),
        ("", "help@example.com", "no-reply@example.com"),
        ("smtp+plain://127.0.0.1:2525", "", "tui-mfa@localhost"),
        (f"smtp://mfa%40example.org:{PASSWORD}@mail.example.org", "help@example.com", "mfa@example.org"),
        (f"smtp://apikey:{PASSWORD}@mail.example.org", "help@example.com", "no-reply@example.com"),
    ],
)
def test_the_sender_is_derived(smtp: str, support: str, sender: str) -> None:
    assert load_settings({"smtp": smtp, "support_address": support}, {}).mail_from == sender


def test_a_sender_that_nobody_can_guess_is_asked_for() -> None:
    environ = {"TUI_MFA_SMTP": "smtp://mail.example.com"}
    [problem] = problems(environ=environ)
    assert problem.startswith("mail_from takes one e-mail address")
    [problem] = problems({"support_address": "nobody"}, environ)
    assert problem.startswith("--support-address")
    assert load_settings({"mail_from": "a@example.com"}, environ).mail_from == "a@example.com"


def test_a_password_shows_nowhere(tmp_path: Path) -> None:
    url = f"smtp://mfa%40example.org:{PASSWORD}@mail.example.org"
    settings = load_settings({}, {"TUI_MFA_SMTP": url})
    assert settings.smtp is not None
    assert settings.smtp.reveal() == url
    assert PASSWORD not in repr(settings)
    [problem] = problems({}, {"TUI_MFA_SMTP": f"smtp://mfa:{PASSWORD}@mail.example.org/x"})
    assert problem.startswith("TUI_MFA_SMTP takes ")
    assert PASSWORD not in problem
    assert "smtps://user:password@host:465" in problem, "it says what a URL looks like"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o601])
def test_a_file_with_a_password_is_its_owners_alone(tmp_path: Path, mode: int) -> None:
    """S65."""
    folder = tmp_path / "my settings"
    folder.mkdir()
    text = f'smtp = "smtp://mfa%40example.org:{PASSWORD}@mail.example.org"\n'
    file = config(folder, text, mode)
    [problem] = problems(file=file)
    assert problem == f"{file} holds a password and others may read it. Run: chmod 600 '{file}'"
    assert load_settings({}, {}, config(folder, text, 0o600)).smtp is not None
    assert load_settings({}, {}, config(folder, text, 0o400)).smtp is not None


def test_a_file_without_a_password_may_be_read_by_all(tmp_path: Path) -> None:
    file = config(tmp_path, 'smtp = "smtp+plain://127.0.0.1:2525"\nsupport_address = "help@example.com"\n', 0o644)
    assert load_settings({}, {}, file).smtp is not None


def test_the_policy_is_what_was_set() -> None:
    arguments: dict[str, object] = {
        "issuer": "Elestio",
        "support_address": "help@example.com",
        "registration": "open",
        "mfa_required": True,
        "idle_lock": "5m",
        "session_lifetime": "8h",
        "ssh_rsa_bits": "3072",
        "keep_last_key": "on",
    }
    assert load_settings(arguments, {}).policy() == Policy(
        issuer="Elestio",
        support_address="help@example.com",
        registration_open=True,
        mfa_required=True,
        idle_lock=timedelta(minutes=5),
        session_lifetime=timedelta(hours=8),
        ssh_rsa_bits=3072,
        keep_last_key=True,
    )


def test_the_machine_s_zone_follows_its_summer_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3")
    time.tzset()
    try:
        zone = MachineZone()
        assert when(datetime(2026, 1, 15, 11, 0, tzinfo=UTC), zone) == "2026-01-15 12:00 CET (11:00 UTC)"
        assert when(datetime(2026, 7, 15, 11, 0, tzinfo=UTC), zone) == "2026-07-15 13:00 CEST (11:00 UTC)"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_named_zone_is_that_zone() -> None:
    assert load_settings({"zone": "Europe/Berlin"}, {}).timezone() == ZoneInfo("Europe/Berlin")


def test_reading_settings_starts_nothing_slow() -> None:
    slow = ("textual", "smtplib", "ssl", "platformdirs", "zoneinfo", "tinydb")
    look = f"import sys, tui_mfa.settings; print([m for m in {slow} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
