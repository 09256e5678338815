"""The settings about money: what is taken, what is refused, what must come together, and that no key is repeated."""

from pathlib import Path

import pytest

from tui_mfa import bootstrap
from tui_mfa.payments.stripe import StripePayments
from tui_mfa.settings import Settings, SettingsError, load_settings
from tui_mfa.widgets.qr_matrix import Drawing, side_of, smallest

STRIPE = {
    "TUI_MFA_PAYMENTS": "stripe",
    "TUI_MFA_STRIPE_KEY": "sk_test_very_secret",
    "TUI_MFA_STRIPE_WEBHOOK_SECRET": "whsec_very_secret",
    "TUI_MFA_PUBLIC_URL": "https://account.example.com/",
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return {"TUI_MFA_DATA_DIR": str(tmp_path / "data")}


def load(environ: dict[str, str]) -> Settings:
    return load_settings({}, environ)


def problems(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as refused:
        load(environ)
    return "\n".join(refused.value.problems)


def test_without_a_word_top_ups_are_paid_by_invoice(home: dict[str, str]) -> None:
    settings = load(home)
    assert settings.payments == "offline"
    assert not bootstrap.build(settings, home).payments.takes_cards


def test_stripe_takes_its_three_settings_and_shows_no_key(home: dict[str, str]) -> None:
    settings = load(home | STRIPE)
    assert settings.stripe_key is not None
    assert settings.stripe_key.reveal() == "sk_test_very_secret"
    assert settings.policy().public_url == "https://account.example.com"
    assert isinstance(bootstrap.build(settings, home).payments, StripePayments)
    assert "very_secret" not in repr(settings)


@pytest.mark.parametrize("missing", ["STRIPE_KEY", "STRIPE_WEBHOOK_SECRET", "PUBLIC_URL"])
def test_stripe_with_one_missing_names_it(home: dict[str, str], missing: str) -> None:
    given = {name: value for name, value in STRIPE.items() if name != f"TUI_MFA_{missing}"}
    assert problems(home | given) == f"payments = stripe needs {missing.lower()} too."


@pytest.mark.parametrize("key", ["STRIPE_KEY", "STRIPE_WEBHOOK_SECRET"])
@pytest.mark.parametrize("value", ["sk test", "sk_test_é", "sk\x1b[2J"])
def test_a_key_that_is_none_is_named_and_not_repeated(home: dict[str, str], key: str, value: str) -> None:
    told = problems(home | STRIPE | {f"TUI_MFA_{key}": value})
    assert f"TUI_MFA_{key} takes" in told
    assert value not in told


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "https://",
        "https://user@example.com",
        "https://example.com/?a=b",
        "https://example.com/#a",
        "ftp://example.com",
        "https://é.example",
        f"https://{'a' * 60}.example",
        "example.com",
    ],
)
def test_a_public_url_that_is_none_is_refused(home: dict[str, str], url: str) -> None:
    assert "TUI_MFA_PUBLIC_URL takes" in problems(home | {"TUI_MFA_PUBLIC_URL": url})


@pytest.mark.parametrize("url", ["", "https://example.com", "https://example.com/account", "http://127.0.0.1:8080"])
def test_a_public_url_is_https_or_this_machine(home: dict[str, str], url: str) -> None:
    assert load(home | {"TUI_MFA_PUBLIC_URL": url}).public_url == url


def test_the_code_of_the_longest_short_url_fits_80_by_24() -> None:
    url = f"https://{'a' * 48}/c/K7QM2X-0123456789AB"
    columns, rows = smallest(side_of(url), Drawing.HALF_BLOCKS)
    assert rows <= 18
    assert columns <= 40


def test_instructions_are_one_line(home: dict[str, str]) -> None:
    assert load(home | {"TUI_MFA_PAYMENT_INSTRUCTIONS": " Überweisung an XX00 "}).payment_instructions == (
        "Überweisung an XX00"
    )
    for text in ("a\nb", "\x1b[2J", "x" * 301):
        assert "takes a line" in problems(home | {"TUI_MFA_PAYMENT_INSTRUCTIONS": text})


def test_a_file_with_a_key_that_others_can_read_is_refused(home: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "tui-mfa.toml"
    file.write_text('stripe_key = "sk_test_very_secret"\n')
    file.chmod(0o644)
    with pytest.raises(SettingsError, match="holds a secret key and others may read it"):
        load_settings({}, home, file)
    file.chmod(0o600)
    assert load_settings({}, home, file).stripe_key
