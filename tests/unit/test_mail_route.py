import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui_mfa.domain.errors import InvalidInput
from tui_mfa.domain.mail_route import Protection, parse_mail_route
from tui_mfa.domain.secret import Secret


@pytest.mark.parametrize(
    ("url", "protection", "host", "port", "user", "password"),
    [
        ("smtp://mail.example.com", Protection.STARTTLS, "mail.example.com", 587, "", ""),
        ("smtps://mail.example.com/", Protection.TLS, "mail.example.com", 465, "", ""),
        ("SMTP://Mail.Example.com:2525", Protection.STARTTLS, "mail.example.com", 2525, "", ""),
        ("smtp://u%40x:p%2F%23%3A@mail:1", Protection.STARTTLS, "mail", 1, "u@x", "p/#:"),
        ("smtps://[2001:db8::1]:65535", Protection.TLS, "2001:db8::1", 65535, "", ""),
        ("smtp+plain://127.0.0.1", Protection.PLAIN, "127.0.0.1", 25, "", ""),
        ("smtp+plain://127.9.9.9:2525", Protection.PLAIN, "127.9.9.9", 2525, "", ""),
        ("smtp+plain://[::1]:2525", Protection.PLAIN, "::1", 2525, "", ""),
    ],
)
def test_a_url_is_read(url: str, protection: Protection, host: str, port: int, user: str, password: str) -> None:
    route = parse_mail_route(Secret(url))
    assert (route.protection, route.host, route.port, route.user) == (protection, host, port, user)
    assert route.password.reveal() == password
    assert not password or password not in repr(route)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.com",
        "http://mail.example.com",
        "smtp://",
        "smtp://:587",
        "smtp://mail.example.com:0",
        "smtp://mail.example.com:65536",
        "smtp://mail.example.com:abc",
        "smtp://-mail.example.com",
        "smtp://mail_1.example.com",
        "smtp://mail.example.com/path",
        "smtp://mail.example.com?",
        "smtp://mail.example.com#",
        "smtp://mail.example.com\n",
        "smtp://mail.exa\tmple.com",
        "smtp://mail .example.com",
        "smtp://user@mail.example.com",
        "smtp://:hush@mail.example.com",
        "smtp://us%0Aer:hush@mail.example.com",
        "smtp://user:h%C3%BCsh@mail.example.com",
        "smtp://user:hu#sh@mail.example.com",
        "smtp://user:hu/sh@mail.example.com",
        "smtp://[::1",
        f"smtp://{'a' * 64}.example.com",
        f"smtp://{'a.' * 126}aa",
        "smtp+plain://localhost:2525",
        "smtp+plain://mail.example.com:2525",
        "smtp+plain://192.0.2.1:2525",
        "smtp+plain://0.0.0.0:2525",
        "smtp+plain://[::]:2525",
        "smtp+plain://127.0.0.1.example.com:2525",
        "smtp+plain://127.0.0.1@192.0.2.1:2525",
    ],
)
def test_anything_else_is_refused_without_repeating_it(url: str) -> None:
    """S35."""
    with pytest.raises(InvalidInput) as caught:
        parse_mail_route(Secret(url))
    assert caught.value.user_message.startswith("The mail server's URL takes smtp://")
    assert "hu" not in caught.value.user_message.replace("host", "")
    assert caught.value.__cause__ is None


@given(st.text())
def test_no_text_breaks_the_parser(text: str) -> None:
    for start in ("", "smtp://", "smtp+plain://", "smtps://u:p@"):
        try:
            route = parse_mail_route(Secret(start + text))
        except InvalidInput:
            continue
        assert route.host
        assert 0 < route.port < 65536
