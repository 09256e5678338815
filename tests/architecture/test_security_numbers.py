from tests.architecture import security_numbers


def test_security_md_has_the_numbers_of_the_code() -> None:
    """S70: the documentation's numbers are the code's."""
    text = security_numbers.FILE.read_text()
    assert security_numbers.filled(text) == text, "run `make docs`"
