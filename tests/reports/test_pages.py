"""The HTML and PDF reports, read back."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from desktop_app import paths
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.report_ports import Report, ReportCard, ReportSection
from desktop_app.infra.reports.letters import Lettering, Style
from desktop_app.services.report_files import ReportFiles

from . import drawn

Written = Callable[[str], Path]
LETTERS = Lettering(paths.fonts_dir())


class Page(HTMLParser):
    """What a page holds; fails where tags do not close in order."""

    VOID = frozenset({"meta", "img", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture
def page(written: Written) -> Page:
    return Page(written(".html").read_text("utf-8"))


@pytest.fixture
def pdf(written: Written) -> PdfReader:
    return PdfReader(written(".pdf"))


def text_of(pdf: PdfReader) -> str:
    return "\n".join(page.extract_text() for page in pdf.pages)


def test_the_page_needs_nothing_beside_it(page: Page) -> None:
    assert not page.all("script") and not page.all("link")
    sources = [attributes["src"] or "" for attributes in page.all("img")]
    assert len(sources) == 8
    for source in sources:
        kind, data = source.split(",", 1)
        assert kind == "data:image/jpeg;base64"
        assert Image.open(io.BytesIO(base64.b64decode(data))).size == (192, 256)


def test_what_products_say_cannot_run(page: Page) -> None:
    assert drawn.SCRIPT in page.text
    targets = [attributes["href"] or "" for attributes in page.all("a")]
    assert drawn.WEB in targets
    assert {target.split(":")[0] for target in targets} == {"https", "file"}
    assert not any(name.startswith("on") for _, tags in page.tags for name in tags)


def test_the_page_tells_what_the_report_tells(page: Page) -> None:
    for words in (
        *("Spring <range> 春", "80 % chance", "3 May 2026, 10:15", "efficientnet-lite2-products"),
        *("2 groups of duplicates with 5 products", drawn.CJK, "98 % same as A-1"),
        *("decided: variant of A-1", "85 % variant of C-2", "not decided", "later"),
    ):
        assert words in page.text


def test_a_report_of_nothing_says_so(files: ReportFiles, report: Report, tmp_path: Path) -> None:
    empty = replace(report, sections=(), section_count=0)
    for suffix in (".html", ".pdf"):
        list(files.write(empty, tmp_path / f"empty{suffix}", CancelToken()))
    assert "No duplicates at this threshold." in Page((tmp_path / "empty.html").read_text()).text
    pdf = PdfReader(tmp_path / "empty.pdf")
    assert "No duplicates at this threshold." in text_of(pdf)
    assert len(pdf.pages) == 1


def test_every_sheet_has_a_head_and_its_number(pdf: PdfReader) -> None:
    assert len(pdf.pages) == 2
    for number, sheet in enumerate(pdf.pages, 1):
        text = sheet.extract_text()
        assert "Duplicates report · Spring <range> 春 · 80 %" in text
        assert "3 May 2026, 10:15" in text
        assert f"page {number} of" in text
        form = sheet["/Resources"]["/XObject"]["/FormXob.page-count"]  # type: ignore[index]
        assert form["/Subtype"] == "/Form"


def test_sheets_hold_texts_in_any_script_and_pictures(pdf: PdfReader) -> None:
    text = text_of(pdf)
    for words in (
        *("A-2", drawn.FORMULA[:20], "98 % same as A-1", "Øresund · Tubes", "12.50 EUR"),
        *("2 groups of duplicates with 5 products", "efficientnet-lite2-products"),
        *("保湿クリーム 五十毫升 보습", "Keep", "Duplicate", "Variant"),
    ):
        assert words in text
    # What is too long ends in an ellipsis instead of running out of its place.
    assert drawn.LONG not in text.replace("\n", " ") and "…" in text
    # One picture that two products show is held once.
    assert [len(page.images) for page in pdf.pages] == [5, 2]


def test_links_of_sheets_lead_to_pages_and_pictures(pdf: PdfReader) -> None:
    targets = [
        annotation.get_object()["/A"]["/URI"]
        for sheet in pdf.pages
        for annotation in sheet.get("/Annots", [])
    ]
    assert drawn.WEB in targets
    assert {target.split(":")[0] for target in targets} == {"https", "file"}


def test_a_group_of_many_goes_on_over_sheets(
    files: ReportFiles, report: Report, tmp_path: Path
) -> None:
    cards = tuple(
        ReportCard(f"S-{n}", "Duplicate", (f"Jar {n}",), thumbnail=drawn.jpeg(n, (300, 40 + n)))
        for n in range(60)
    )
    rows = tuple((f"S-{n}", "S-0", "97 %") for n in range(1, 60))
    section = ReportSection("Group 1", "60 products", cards, ("Product", "Product", "Same"), rows)
    large = replace(report, sections=(section,), section_count=1)
    list(files.write(large, tmp_path / "large.pdf", CancelToken()))
    pdf = PdfReader(tmp_path / "large.pdf")
    assert len(pdf.pages) > 3
    text = text_of(pdf)
    assert all(f"Jar {n}\n" in text for n in range(60))
    assert "and 47 more" in text


@given(
    text=st.text(max_size=200),
    width=st.floats(min_value=20, max_value=300),
    most=st.integers(min_value=1, max_value=5),
)
def test_no_line_is_wider_than_its_place(text: str, width: float, most: int) -> None:
    style = Style(9)
    lines = LETTERS.lines(text, style, width, most=most)
    assert len(lines) <= most
    assert all(LETTERS.width(line, style) <= width + 1e-6 for line in lines)
    whole = LETTERS.lines(text, style, width, most=1000)
    assert "".join("".join(whole).split()) == "".join(text.split())
