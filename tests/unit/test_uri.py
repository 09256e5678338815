from urllib.parse import parse_qs, unquote, urlsplit

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_mfa.domain.two_factor.uri import provisioning_uri

SECRET = "MRJG26KDOQ4VMPDJJE2HWN2VPJYVIW2CPN3E6SLGMY2GC5KUOJGA"

names = st.text(st.characters(codec="utf-8", exclude_characters=":"), min_size=1)


@pytest.mark.parametrize(
    ("issuer", "label", "golden"),
    [
        ("Elestio", "jane", f"otpauth://totp/Elestio:jane?secret={SECRET}&issuer=Elestio"),
        (
            "Elestio",
            "jane.doe@example.com",
            f"otpauth://totp/Elestio:jane.doe@example.com?secret={SECRET}&issuer=Elestio",
        ),
        ("My Cloud", "jane doe", f"otpauth://totp/My%20Cloud:jane%20doe?secret={SECRET}&issuer=My%20Cloud"),
        (
            "A&B=C",
            "j+1?x#y/z%",
            f"otpauth://totp/A%26B%3DC:j%2B1%3Fx%23y%2Fz%25?secret={SECRET}&issuer=A%26B%3DC",
        ),
        ("tui-mfa", "zoë~", f"otpauth://totp/tui-mfa:zo%C3%AB~?secret={SECRET}&issuer=tui-mfa"),
    ],
)
def test_the_uri_is_the_shortest_standard_one(issuer: str, label: str, golden: str) -> None:
    assert provisioning_uri(SECRET, issuer, label) == golden


@given(issuer=names, label=names)
def test_issuer_label_and_secret_survive_the_way_through_the_uri(issuer: str, label: str) -> None:
    uri = provisioning_uri(SECRET, issuer, label)
    parts = urlsplit(uri)
    before, _, after = parts.path[1:].partition(":")
    assert (unquote(before), unquote(after)) == (issuer, label)
    assert parse_qs(parts.query, strict_parsing=True) == {"secret": [SECRET], "issuer": [issuer]}
    assert uri.isascii()
    assert "+" not in uri
    assert " " not in uri


@given(issuer=names, label=names)
def test_pyotp_reads_the_uri_with_its_default_parameters(issuer: str, label: str) -> None:
    otp = pyotp.parse_uri(provisioning_uri(SECRET, issuer, label))
    assert isinstance(otp, pyotp.TOTP)
    assert (otp.issuer, otp.name, otp.secret) == (issuer, label, SECRET)
    assert otp.at(1_111_111_109) == pyotp.TOTP(SECRET).at(1_111_111_109)


@pytest.mark.parametrize(
    ("issuer", "label"),
    [("", "jane"), ("Elestio", ""), ("Ele:stio", "jane"), ("Elestio", "ja:ne"), ("Elestio", "\udc80")],
)
def test_an_issuer_or_label_that_a_uri_cannot_hold_is_refused(issuer: str, label: str) -> None:
    with pytest.raises(ValueError, match=r"issuer|label|surrogates"):
        provisioning_uri(SECRET, issuer, label)


@pytest.mark.parametrize(
    "secret", ["", SECRET + "====", SECRET.lower(), SECRET[:4] + " " + SECRET[4:], SECRET + "&x=1"]
)
def test_a_secret_that_is_not_bare_base32_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(ValueError, match="base32") as refusal:
        provisioning_uri(secret, "Elestio", "jane")
    assert not secret or secret not in str(refusal.value)
