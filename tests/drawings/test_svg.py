"""SVG in, SVG out."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.domain.errors import UserFacingError
from desktop_app.infra.drawings.outline_files import DrawingFiles
from desktop_app.infra.drawings.safe_xml import Unsafe
from tests.drawings.conftest import BOTTLE, outline_of, overlap, size_of

Write = Callable[[str, str], Path]
NS = 'xmlns="http://www.w3.org/2000/svg"'
POLYGON = '<polygon points="' + " ".join(f"{x},{y}" for x, y in BOTTLE) + '"/>'


def test_a_written_outline_is_read_back_at_its_size(files: DrawingFiles, tmp_path: Path) -> None:
    drawn = outline_of(BOTTLE, mm_per_unit=0.5)
    files.write_svg(tmp_path / "one.svg", [("A <b> & “c”", drawn)])
    read = files.read(tmp_path / "one.svg")
    assert overlap(read, drawn) > 0.999
    width, height = (side * read.mm_per_unit for side in size_of(read))
    assert (width, height) == pytest.approx((21, 60), rel=1e-3)


def test_without_a_size_none_is_made_up(files: DrawingFiles, tmp_path: Path) -> None:
    files.write_svg(tmp_path / "one.svg", [("A", outline_of(BOTTLE))])
    read = files.read(tmp_path / "one.svg")
    assert read.mm_per_unit == 0
    assert overlap(read, outline_of(BOTTLE)) > 0.999


@settings(max_examples=25, deadline=None)
@given(
    radii=st.lists(st.floats(5, 60), min_size=5, max_size=40),
    mm_per_unit=st.sampled_from([0.0, 0.1, 1.0, 25.4]),
)
def test_any_outline_survives_the_file(
    files: DrawingFiles,
    tmp_path_factory: pytest.TempPathFactory,
    radii: list[float],
    mm_per_unit: float,
) -> None:
    turn = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    points = np.stack((np.cos(turn), np.sin(turn)), axis=1) * np.array(radii)[:, np.newaxis]
    drawn = outline_of(points, mm_per_unit)
    path = tmp_path_factory.mktemp("svg") / "any.svg"
    files.write_svg(path, [("any", drawn)])
    read = files.read(path)
    assert overlap(read, drawn) > 0.99
    assert bool(read.mm_per_unit) == bool(mm_per_unit)


def test_a_sheet_holds_every_outline_under_its_caption(files: DrawingFiles, tmp_path: Path) -> None:
    path = tmp_path / "sheet.svg"
    pairs = [(f"SKU-{n}", outline_of(BOTTLE * (1 + n / 10, 1), 1.0)) for n in range(7)]
    files.write_svg(path, pairs, title="Bottles & <jars>")
    text = path.read_text("utf-8")
    assert text.count("<path") == 7
    assert all(f"SKU-{n}" in text for n in range(7))
    assert "Bottles &amp; &lt;jars&gt;" in text and "one scale" in text


@pytest.mark.parametrize(
    "body",
    [
        POLYGON,
        '<path d="M18 0h14v20h-2v5l16 13v82H4V38l16-13v-5h-2z"/>',
        f'<g transform="translate(500 20) scale(3)"><g transform="rotate(0)">{POLYGON}</g></g>',
        f'<defs><g id="b">{POLYGON}</g></defs><use href="#b" x="7"/>',
        f'<symbol id="b">{POLYGON}</symbol><use xlink:href="#b"/>',
        f'<svg x="3" y="4" width="100" height="240" viewBox="0 0 50 120">{POLYGON}</svg>',
        "<g>" + POLYGON + '<rect x="14" y="60" width="20" height="30" fill="none"/></g>',
        POLYGON + '<polygon display="none" points="-900,0 900,0 900,900 -900,900"/>',
        '<rect width="50" height="125"/>' + POLYGON,
        # The closure and the bottle as two shapes that touch.
        '<rect x="18" y="0" width="14" height="20"/>'
        '<polygon points="20,20 30,20 30,25 46,38 46,120 4,120 4,38 20,25"/>',
        # Lines that make a ring only together.
        '<path d="M18 0h14v20h-2v5l16 13v82" fill="none" stroke="#000"/>'
        '<polyline points="18,0 18,20 20,20 20,25 4,38 4,120 46,120"/>',
        # Half of it, to be mirrored.
        '<path d="M25 0h7v20h-2v5l16 13v82H25" fill="none" stroke="#000"/>',
    ],
)
def test_the_same_bottle_however_it_is_written(
    files: DrawingFiles, write: Write, body: str
) -> None:
    text = f'<svg {NS} xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 50 125">{body}</svg>'
    read = files.read(write("drawing.svg", text))
    assert overlap(read, outline_of(BOTTLE)) > 0.995


def test_curves_and_rounded_rectangles(files: DrawingFiles, write: Write) -> None:
    arcs = f'<svg {NS}><path d="M0 50A30 50 0 0 1 60 50A30 50 0 0 1 0 50Z"/></svg>'
    oval = f'<svg {NS}><ellipse cx="30" cy="50" rx="30" ry="50"/></svg>'
    bezier = (
        f'<svg {NS}><path d="M0 50C0 22.4 13.4 0 30 0S60 22.4 60 50 46.6 100 30 100 0 77.6 0 50"/>'
        "</svg>"
    )
    read = [files.read(write(f"{n}.svg", text)) for n, text in enumerate((arcs, oval, bezier))]
    assert overlap(read[0], read[1]) > 0.998
    assert overlap(read[0], read[2]) > 0.99
    round_rectangle = f'<svg {NS}><rect width="60" height="100" rx="20"/></svg>'
    rounded = files.read(write("r.svg", round_rectangle))
    plain = outline_of(np.array([(0, 0), (60, 0), (60, 100), (0, 100)], np.float64))
    assert overlap(rounded, plain) == pytest.approx(1 - (4 - np.pi) * 400 / 6000, abs=0.004)


@pytest.mark.parametrize(
    ("opening", "height_mm"),
    [
        ('width="50mm" height="125mm" viewBox="0 0 50 125"', 120),
        ('width="5cm" height="12.5cm" viewBox="0 0 100 250"', 60),
        ('width="50" height="125" viewBox="0 0 50 125"', 0),
        ('viewBox="0 0 50 125"', 0),
        ('width="2in"', 120 * 25.4 / 96),
        ('width="100%" height="100%" viewBox="0 0 50 125"', 0),
    ],
)
def test_millimetres_are_taken_from_the_page(
    files: DrawingFiles, write: Write, opening: str, height_mm: float
) -> None:
    read = files.read(write("sized.svg", f"<svg {NS} {opening}>{POLYGON}</svg>"))
    assert size_of(read)[1] * read.mm_per_unit == pytest.approx(height_mm, rel=1e-4)


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
HOSTILE = {
    "entities": f'<!DOCTYPE svg [<!ENTITY e0 "x">{ENTITIES}]><svg {NS}><path d="&e11;"/></svg>',
    "external": f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg {NS}>&x;</svg>',
    "deep": f"<svg {NS}>" + "<g>" * 5000 + POLYGON + "</g>" * 5000 + "</svg>",
    "many": f"<svg {NS}>" + "<g/>" * 200_000 + POLYGON + "</svg>",
    "uses": f"<svg {NS}><g id='u0'>{POLYGON}</g>"
    + "".join(f"<g id='u{n}'>" + f"<use href='#u{n - 1}'/>" * 10 + "</g>" for n in range(1, 12))
    + "</svg>",
    "loop": f"<svg {NS}><g id='a'><use href='#b'/></g><g id='b'><use href='#a'/></g></svg>",
    "long": f"<svg {NS}><path d='M0 0" + "L1 1" * 600_000 + "'/></svg>",
    "big": f"<svg {NS}>" + " " * 17 * 2**20 + "</svg>",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_files_built_to_do_harm_are_refused_at_once(
    files: DrawingFiles, write: Write, name: str
) -> None:
    path = write("hostile.svg", HOSTILE[name])
    started = time.process_time()
    with pytest.raises(Unsafe):
        files.read(path)
    assert time.process_time() - started < 5


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no drawing",
        "<html><body/></html>",
        f"<svg {NS}></svg>",
        f'<svg {NS}><path d="M0 0L10 0L20 5"/></svg>',
        f'<svg {NS}><path d="M0 0L10 garbage 12..3 Q"/></svg>',
        f'<svg {NS}><rect width="0" height="10"/></svg>',
        f'<svg {NS}><polygon points="1e300,0 5,1e308 -1e308,3"/></svg>',
        f'<svg {NS}><g transform="scale(nan) matrix(1)">{POLYGON.replace("18", "1e999")}</g></svg>',
    ],
)
def test_what_holds_no_outline_is_told(files: DrawingFiles, write: Write, text: str) -> None:
    with pytest.raises(UserFacingError) as told:
        files.read(write("bad.svg", text))
    assert told.value.remedy


def test_a_document_type_without_entities_is_no_harm(files: DrawingFiles, write: Write) -> None:
    head = '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://x/svg.dtd">'
    read = files.read(write("typed.svg", f"{head}<svg {NS}>{POLYGON}</svg>"))
    assert overlap(read, outline_of(BOTTLE)) > 0.999


def test_a_missing_file_is_told(files: DrawingFiles, tmp_path: Path) -> None:
    for name in ("none.svg", "none.dxf", "none.txt"):
        with pytest.raises(UserFacingError):
            files.read(tmp_path / name)
