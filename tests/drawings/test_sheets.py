"""Sheets of many outlines, as PDF and as laid out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pypdf import PdfReader

from desktop_app.domain.outline_sheets import SheetForm, laid_sheet, scale_words
from desktop_app.infra.drawings.outline_files import DrawingFiles
from tests.drawings.conftest import BOTTLE, outline_of


def test_known_sizes_are_drawn_to_one_scale() -> None:
    small, large = outline_of(BOTTLE, 0.5), outline_of(BOTTLE, 1.5)
    sheet = laid_sheet([("small", small), ("large", large)])
    heights = [float(np.ptp(cell.points[:, 1])) for cell in sheet.cells]
    assert heights[1] == pytest.approx(3 * heights[0])
    assert [round(cell.height_mm) for cell in sheet.cells] == [60, 180]
    assert heights[1] == pytest.approx(180 * sheet.scale)
    assert "1 :" in scale_words(sheet)


def test_one_unknown_size_makes_all_fill_their_fields() -> None:
    form = SheetForm()
    sheet = laid_sheet([("a", outline_of(BOTTLE, 0.5)), ("b", outline_of(BOTTLE * 7))])
    assert sheet.scale == 0
    for cell in sheet.cells:
        assert float(np.ptp(cell.points[:, 1])) == pytest.approx(form.cell_height)
        # Standing on the lower edge, within the field.
        assert cell.points[:, 1].max() == pytest.approx(form.cell_height)
        assert cell.points[:, 0].min() >= 0 and cell.points[:, 0].max() <= form.cell_width


def test_small_things_are_not_drawn_larger_than_they_are() -> None:
    sheet = laid_sheet([("cap", outline_of(BOTTLE, 0.1))])
    assert sheet.scale == 1
    assert scale_words(sheet) == "All at their true size."


def test_a_pdf_has_every_caption_and_as_many_pages_as_it_needs(
    files: DrawingFiles, tmp_path: Path
) -> None:
    path = tmp_path / "sheet.pdf"
    pairs = [(f"SKU-{n:03}", outline_of(BOTTLE * (1 + n % 3, 1), 0.8)) for n in range(37)]
    files.write_pdf(path, pairs, title="Flaschen, rund · 100 ml")
    pages = PdfReader(path).pages
    text = "".join(page.extract_text() for page in pages)
    assert len(pages) == 4
    assert all(f"SKU-{n:03}" in text for n in range(37))
    assert "96 mm" in text and "page 4 of 4" in text and "Flaschen, rund" in text
