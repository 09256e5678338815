"""Invoices as PDF, read back by another library: figures, names in many scripts, texts up to no good."""

import io
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from tui_mfa import invoice_pdf
from tui_mfa.domain.billing.invoices import Document

NOW = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)


def paper(*bill_to: str, note: str = "Transfer to XX00.") -> Document:
    return Document(
        title="Invoice INV-K7QM2X-0001",
        facts=(("Issued by", "Elestio"), ("Date", "2026-11-24"), ("Status", "! Open")),
        bill_to=bill_to or ("Jane Doe",),
        lines=(("Credits for jane", "$1,000.00"),),
        total="$1,000.00",
        notes=(note,),
    )


def read(data: bytes) -> str:
    reader = PdfReader(io.BytesIO(data))
    assert len(reader.pages) == 1
    return reader.pages[0].extract_text()


@pytest.fixture(params=["system fonts", "no fonts"])
def _fonts(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "no fonts":
        monkeypatch.setattr(invoice_pdf, "FONTS", ())


@pytest.mark.usefixtures("_fonts")
def test_everything_stands_on_the_page() -> None:
    made = invoice_pdf.render(paper("Jürgen Groß", "jane@example.com"), NOW)
    text = read(made.data)
    for part in ("INV-K7QM2X-0001", "Elestio", "2026-11-24", "Jürgen Groß", "jane@example.com", "$1,000.00", "XX00"):
        assert part in text
    assert made.missing == ""


def test_the_same_invoice_gives_the_same_file() -> None:
    assert invoice_pdf.render(paper(), NOW).data == invoice_pdf.render(paper(), NOW).data


def test_what_no_font_has_is_a_question_mark_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(invoice_pdf, "FONTS", ())
    made = invoice_pdf.render(paper("木村 \N{ROCKET} Ltd"), NOW)
    assert "?? ? Ltd" in read(made.data)
    assert set(made.missing) == set("木村\N{ROCKET}")


def test_a_font_that_is_broken_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    broken = tmp_path_factory.mktemp("fonts") / "broken.ttf"
    broken.write_bytes(b"not a font")
    monkeypatch.setattr(invoice_pdf, "FONTS", (str(broken),))
    assert "Jane Doe" in read(invoice_pdf.render(paper(), NOW).data)


@pytest.mark.usefixtures("_fonts")
@pytest.mark.parametrize(
    "hostile",
    [
        "a\x1b[2Jb",
        "(a) Tj ET /JS (app.alert)",
        "a\x00b",
        "\u202egnp.exe",
        "x" * 10_000,
        "**b** __u__ [l](http://x)",
        "a\nb",
    ],
    ids=lambda text: str(len(text)),
)
def test_texts_that_are_up_to_no_good_stay_texts(hostile: str) -> None:
    made = invoice_pdf.render(paper(hostile, note=hostile), NOW)
    reader = PdfReader(io.BytesIO(made.data))
    assert len(reader.pages) == 1
    assert "/Annots" not in reader.pages[0]
    assert not any(word in made.data for word in (b"/JavaScript", b"/URI", b"/Launch", b"/EmbeddedFile"))
    assert not set("\x1b\x00\u202e") & set(read(made.data))
