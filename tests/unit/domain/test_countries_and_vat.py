"""Countries found by what people type, and the form of VAT ids."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from iso3166 import countries as standard

from tui_mfa.domain.errors import InvalidInput
from tui_mfa.domain.profile import countries, vat


def test_every_country_is_found_by_its_letters_and_by_the_name_that_is_shown() -> None:
    for country in standard:
        name = countries.name_of(country.alpha2)
        assert len(name) <= countries.TEXT_MAX
        for spelling in (country.alpha2, country.alpha2.lower(), country.alpha3, name, name.upper(), country.name):
            assert countries.code_of(spelling) == country.alpha2, spelling


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", ""),
        ("  ", ""),
        ("germ", "DE"),
        (" Germany ", "DE"),
        ("United Kingdom", "GB"),
        ("UK", "GB"),
        ("Republic of Korea", "KR"),
        ("South Korea", "KR"),
        ("cote d ivoire", "CI"),
        ("Côte d’Ivoire", "CI"),
        ("Turkiye", "TR"),
        ("Turkey", "TR"),
        ("guinea", "GN"),
        ("United States", "US"),
        ("Taiwan", "TW"),
        ("EL", "GR"),
    ],
)
def test_people_type_names_in_their_own_way(typed: str, code: str) -> None:
    assert countries.code_of(typed) == code


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("germny", "Did you mean Germany?"),
        ("korea", "Did you mean Korea, Democratic People's Republic of or Korea, Republic of?"),
        ("macedonia", "Did you mean North Macedonia?"),
        ("Deutschland", "two letters like DE"),
        ("中国", "two letters like DE"),
        ("[red]x[/]", "two letters"),
        ("\x1b[2J", "two letters"),
        ("\N{ROCKET}", "two letters"),
        ("---", "two letters"),
        ("x" * 100_000, "two letters"),
    ],
)
def test_an_unknown_country_is_refused_with_the_nearest(typed: str, hint: str) -> None:
    """S66: what was typed is never repeated."""
    with pytest.raises(InvalidInput) as caught:
        countries.code_of(typed)
    assert caught.value.field == "country"
    assert hint in caught.value.user_message
    assert typed not in caught.value.user_message


@given(st.text(max_size=80))
def test_any_text_gives_a_country_or_a_refusal(text: str) -> None:
    try:
        code = countries.code_of(text)
    except InvalidInput:
        return
    assert code == "" or countries.name_of(code) != code


@pytest.mark.parametrize(
    ("typed", "whole"), [("ger", "germany"), ("Fr", "France"), ("zz", None), ("", None), (" ", None)]
)
def test_suggestions_keep_what_was_typed(typed: str, whole: str | None) -> None:
    assert countries.completed(typed) == whole


@pytest.mark.parametrize(
    ("typed", "country", "kept"),
    [
        ("", "DE", ""),
        (" - ", "DE", ""),
        ("de 136.695.976", "DE", "DE136695976"),
        ("136 695 976", "DE", "DE136695976"),
        ("ＤＥ１３６６９５９７６", "DE", "DE136695976"),
        ("094259216", "GR", "EL094259216"),
        ("EL 094259216", "GR", "EL094259216"),
        ("U13585627", "AT", "ATU13585627"),
        ("NL4495445B01", "NL", "NL004495445B01"),
        ("FR 61 954 506 077", "DE", "FR61954506077"),
        ("FR 61 954 506 077", "", "FR61954506077"),
        ("FR61954506077", "MC", "FR61954506077"),
        ("61954506077", "MC", "FR61954506077"),
        ("GB 980 7806 84", "GB", "GB980780684"),
        ("GB 980 7806 84", "IM", "GB980780684"),
        ("CHE-107.787.577 IVA", "CH", "CHE107787577IVA"),
        ("NO 995 525 828 MVA", "NO", "NO995525828MVA"),
        ("12-3456789", "US", "123456789"),
    ],
)
def test_numbers_are_kept_compact(typed: str, country: str, kept: str) -> None:
    assert vat.checked(typed, country) == kept
    assert vat.checked(kept, country) == kept


@pytest.mark.parametrize(
    ("typed", "country", "why"),
    [
        ("DE136695975", "DE", "check digit"),
        ("DE13669597", "DE", "too few or too many characters for Germany"),
        ("CHE107787576IVA", "CH", "check digit"),
        ("61954506077", "", "country"),
        ("DE136695975", "", "country"),
        ("abcdef", "US", "4 to 20 letters and digits"),
        ("٣٤٥٦٧", "US", "4 to 20 letters and digits"),
        ("1\x1b[2J2345", "US", "4 to 20 letters and digits"),
        ("1\u202e2345", "US", "4 to 20 letters and digits"),
        ("[red]12345[/]", "US", "4 to 20 letters and digits"),
        ("1" * 21, "US", "4 to 20 letters and digits"),
        ("1" * 10_000, "US", "too many"),
    ],
)
def test_what_is_no_number_is_refused_with_the_reason(typed: str, country: str, why: str) -> None:
    """S66: nothing of it is repeated or kept."""
    with pytest.raises(InvalidInput) as caught:
        vat.checked(typed, country)
    assert caught.value.field == "vat_id"
    assert why in caught.value.user_message
    assert typed not in caught.value.user_message


@given(st.text(max_size=30), st.sampled_from(["", *(country.alpha2 for country in standard)]))
def test_any_text_gives_a_number_or_a_refusal(text: str, country: str) -> None:
    """Whatever the library does with a text, nothing else than these two comes of it."""
    try:
        kept = vat.checked(text, country)
    except InvalidInput:
        return
    assert kept == "" or kept.isalnum() or set(kept) & set("&+*")


@given(
    st.text("0123456789ABCDEXLU", min_size=4, max_size=15), st.sampled_from([country.alpha2 for country in standard])
)
def test_what_is_kept_would_be_kept_again(text: str, country: str) -> None:
    try:
        kept = vat.checked(text, country)
    except InvalidInput:
        return
    assert vat.checked(kept, country) == kept
