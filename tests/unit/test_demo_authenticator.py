"""The authenticator app on the demo's phone."""

from base64 import b32encode
from datetime import UTC, datetime

import pytest

from tui_mfa.demo.authenticator import Authenticator, NotReadable
from tui_mfa.domain.secret import Secret
from tui_mfa.domain.two_factor.uri import provisioning_uri

RFC_SECRET = b32encode(b"12345678901234567890").decode()
"""The secret of RFC 6238 appendix B."""


def uri(secret: str = RFC_SECRET, issuer: str = "Elestio", account: str = "jane@example.com") -> Secret[str]:
    return Secret(provisioning_uri(secret, issuer, account))


@pytest.mark.parametrize(("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_codes_are_those_of_the_rfc(seconds: int, code: str) -> None:
    entry = Authenticator().scan(uri())
    assert entry.code(datetime.fromtimestamp(seconds, UTC)).reveal() == code


def test_an_account_is_named_as_the_portal_names_it() -> None:
    entry = Authenticator().scan(uri(issuer="Röst & Co", account="jane+x@example.com"))
    assert (entry.issuer, entry.account) == ("Röst & Co", "jane+x@example.com")


def test_a_new_secret_stands_above_the_old_one_which_stays() -> None:
    app = Authenticator()
    old = app.scan(uri())
    new = app.scan(uri("A" * 52))
    assert app.entries == (new, old)
    assert app.current is new


def test_a_secret_that_is_known_is_chosen_and_not_added() -> None:
    app = Authenticator()
    old = app.scan(uri())
    app.scan(uri("A" * 52))
    assert app.scan(uri()) is old
    assert len(app.entries) == 2
    assert app.current is old


def test_choosing_stops_at_both_ends() -> None:
    app = Authenticator()
    app.step(1)
    assert app.current is None
    app.scan(uri())
    app.scan(uri("A" * 52))
    for by, chosen in ((-1, 0), (1, 1), (1, 1), (-1, 0)):
        app.step(by)
        assert app.chosen == chosen


@pytest.mark.parametrize(
    "text",
    [
        "https://example.com/pay/abc",
        f"otpauth://hotp/Elestio:jane?secret={RFC_SECRET}&counter=1",
        f"otpauth://totp/Elestio:jane?secret={RFC_SECRET}&digits=8",
        f"otpauth://totp/Elestio:jane?secret={RFC_SECRET}&period=60",
        f"otpauth://totp/Elestio:jane?secret={RFC_SECRET}&algorithm=SHA256",
        "otpauth://totp/Elestio:jane?secret=0189",
        "otpauth://totp/Elestio:jane",
        "",
    ],
)
def test_what_is_no_usual_key_uri_is_refused_without_its_secret(text: str) -> None:
    app = Authenticator()
    with pytest.raises(NotReadable) as caught:
        app.scan(Secret(text))
    assert RFC_SECRET not in f"{caught.value!r}{caught.value.__cause__!r}"
    assert not app.entries
    assert not app.knows(Secret(text))


def test_only_what_was_scanned_is_known() -> None:
    app = Authenticator()
    app.scan(uri())
    assert app.knows(uri())
    assert app.knows(uri(account="jane"))
    assert not app.knows(uri("A" * 52))


def test_no_secret_shows_in_a_repr() -> None:
    app = Authenticator()
    app.scan(uri())
    assert RFC_SECRET not in repr(app.entries)
    assert "12345678901234567890" not in repr(app.entries)
