"""Setting text in PDF: a font for every letter, widths, wrapping and shortening."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR_FILE = "NotoSans-Regular.ttf"
BOLD_FILE = "NotoSans-Bold.ttf"
FALLBACK_FILE = "DroidSansFallback.ttf"
_PREFIX = "Twinshelf-"
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class _Font:
    """``letters`` are the code points it has."""

    name: str
    letters: frozenset[int]

    def width(self, letter: str) -> float:
        """At one point of size."""
        return float(pdfmetrics.stringWidth(letter, self.name, 1))


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set; ``size`` is in points, ``grey`` 0 for black to 1 for white."""

    size: float
    is_bold: bool = False
    grey: float = 0.0

    @property
    def leading(self) -> float:
        return self.size * 1.3


class Lettering:
    """Sets texts in the fonts of a folder: the first that has a letter draws it. A letter that
    none has is drawn as the empty box of the first."""

    def __init__(self, folder: Path) -> None:
        """Raises OSError where the fonts are not there."""
        fallback = _registered(folder, FALLBACK_FILE)
        self._fonts = {
            False: (_registered(folder, REGULAR_FILE), fallback),
            True: (_registered(folder, BOLD_FILE), fallback),
        }
        # Texts are measured again and again, and few letters make them up.
        self._known: dict[bool, dict[str, tuple[_Font, float]]] = {False: {}, True: {}}

    def width(self, text: str, style: Style) -> float:
        """In points."""
        return style.size * sum(self._set(letter, style.is_bold)[1] for letter in text)

    def draw(self, canvas: Any, x: float, y: float, text: str, style: Style) -> None:
        """Draw one line with its baseline at ``y``."""
        out = canvas.beginText(x, y)
        out.setFillGray(style.grey)
        for font, run in self._runs(text, style):
            out.setFont(font.name, style.size)
            out.textOut(run)
        canvas.drawText(out)

    def lines(self, text: str, style: Style, width: float, *, most: int) -> list[str]:
        """The text broken to fit ``width``, at spaces or, in long words, anywhere; what does
        not fit in ``most`` lines is left off with an ellipsis."""
        lines: list[str] = []
        for paragraph in text.split("\n"):
            line = ""
            for word in _words(paragraph):
                if self.width(line + word.rstrip(), style) <= width:
                    line += word
                    continue
                if line.strip():
                    lines.append(line.rstrip())
                line = word
                while self.width(line.rstrip(), style) > width:
                    cut = self._fitting(line, style, width)
                    lines.append(line[:cut])
                    line = line[cut:]
                if len(lines) > most:
                    break
            if line.strip():
                lines.append(line.rstrip())
        if len(lines) <= most:
            return lines
        return [*lines[: most - 1], self.shortened(f"{lines[most - 1]}{_ELLIPSIS}", style, width)]

    def shortened(self, text: str, style: Style, width: float) -> str:
        """The text, cut with an ellipsis where it is wider than ``width``."""
        if self.width(text, style) <= width:
            return text
        room = width - self.width(_ELLIPSIS, style)
        return text[: self._fitting(text, style, room)].rstrip(f" {_ELLIPSIS}") + _ELLIPSIS

    def _fitting(self, text: str, style: Style, width: float) -> int:
        """How many characters fit, at least one."""
        low, high = 1, len(text)
        while low < high:
            middle = (low + high + 1) // 2
            if self.width(text[:middle], style) <= width:
                low = middle
            else:
                high = middle - 1
        return low

    def _runs(self, text: str, style: Style) -> Iterator[tuple[_Font, str]]:
        run, font = "", self._fonts[style.is_bold][0]
        for letter in text:
            chosen, _ = self._set(letter, style.is_bold)
            if chosen is not font and run:
                yield font, run
                run = ""
            font = chosen
            run += letter
        if run:
            yield font, run

    def _set(self, letter: str, is_bold: bool) -> tuple[_Font, float]:
        """The font that draws a letter, and its width at one point of size."""
        known = self._known[is_bold].get(letter)
        if known is None:
            fonts = self._fonts[is_bold]
            font = next((font for font in fonts if ord(letter) in font.letters), fonts[0])
            known = self._known[is_bold][letter] = font, font.width(letter)
        return known


def _words(paragraph: str) -> Iterator[str]:
    """Words with the space after them; ideographs may be parted anywhere."""
    word = ""
    for letter in paragraph:
        if ord(letter) >= 0x2E80:
            if word:
                yield word
            word = ""
            yield letter
            continue
        word += letter
        if letter.isspace():
            yield word
            word = ""
    if word:
        yield word


def _registered(folder: Path, file: str) -> _Font:
    name = _PREFIX + Path(file).stem
    if name not in pdfmetrics.getRegisteredFontNames():
        path = folder / file
        if not path.is_file():
            raise FileNotFoundError(f"the font {path} is missing")
        pdfmetrics.registerFont(TTFont(name, str(path)))
    return _Font(name, frozenset(pdfmetrics.getFont(name).face.charToGlyph))
