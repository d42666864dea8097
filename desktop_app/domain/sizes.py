"""Which columns of a catalogue hold the sizes of its containers, and filters by size.

Columns are recognised by the words of their names and labels in several languages; a person may
choose others. Lengths are in millimetres and volumes in millilitres, whatever the columns use.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from desktop_app.domain.filters import Condition, Operator
from desktop_app.domain.products import Column, FieldKind, FieldValue


class SizeKind(StrEnum):
    """What is measured. WIDTH is the diameter of round containers; NECK the finish of the neck,
    in millimetres or as it is written: 24/410."""

    HEIGHT = "height"
    WIDTH = "width"
    VOLUME = "volume"
    NECK = "neck"


@dataclass(frozen=True, slots=True)
class SizeColumn:
    """A column that holds a size; its numbers times ``factor`` are millimetres, or millilitres
    for VOLUME."""

    kind: SizeKind
    column: str
    factor: float = 1.0
    is_number: bool = True

    def of(self, value: FieldValue) -> float | None:
        """The size a field holds; None where it holds none."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            return None
        size = float(value) * self.factor
        return size if math.isfinite(size) and size > 0 else None

    def between(self, least: float, most: float) -> tuple[Condition, Condition]:
        """What passes sizes from ``least`` to ``most``, bounds included."""
        return (
            Condition(self.column, Operator.AT_LEAST, (_tidy(least / self.factor),)),
            Condition(self.column, Operator.AT_MOST, (_tidy(most / self.factor),)),
        )

    def around(self, size: float, plus_minus: float) -> tuple[Condition, Condition]:
        """What passes sizes that differ from ``size`` by at most ``plus_minus``."""
        return self.between(max(0.0, size - plus_minus), size + plus_minus)


def _plain(text: str) -> str:
    """Without case and accents; ø stays."""
    parts: str = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))


def _listed(words: str) -> frozenset[str]:
    return frozenset(_plain(word) for word in words.split())


_WORDS: dict[SizeKind, frozenset[str]] = {
    SizeKind.NECK: _listed(
        "neck finish thread hals halsmaat mundung gewinde goulot bague filetage collo "
        "filetto cuello rosca gargalo bocal gwint szyjka hrdlo 口径 瓶口 ネジ"
    ),
    SizeKind.HEIGHT: _listed(
        "height hgt high h hohe hoehe hauteur haut altezza alt altura alto hoogte hojd "
        "hojde hoyde korkeus wysokosc vyska magassag inaltime yukseklik высота 高さ 高度 高 "
        "높이"
    ),
    SizeKind.WIDTH: _listed(
        "diameter diam dia d ø od width w wide durchmesser dm breite diametre largeur "
        "diametro larghezza ancho anchura largura breedte bredd bredde halkaisija leveys "
        "srednica szerokosc prumer sirka atmero szelesseg диаметр ширина 直径 幅 宽度 지름 "
        "폭"
    ),
    SizeKind.VOLUME: _listed(
        "volume vol capacity content contents fill volumen inhalt fullmenge fuellmenge "
        "fassungsvermogen contenance capacite capacita contenuto capacidad contenido "
        "capacidade conteudo inhoud volym tilavuus pojemnosc objem terfogat kapasite "
        "объем объём 容量 内容量 용량"
    ),
}
_OTHER_PARTS = _listed(
    "cap closure lid label box carton case pack packaging pallet outer inner "
    "shipping wall min max deckel verschluss kappe etikett karton schachtel palette "
    "wand bouchon capot couvercle etiquette tappo etichetta scatola tapa tapon "
    "etiqueta caja tampa dop etiket doos"
)
_LENGTHS = {"mm": 1.0, "cm": 10.0, "m": 1000.0, "in": 25.4, "inch": 25.4, "inches": 25.4, '"': 25.4}
_VOLUMES = {
    "ml": 1.0,
    "cl": 10.0,
    "dl": 100.0,
    "l": 1000.0,
    "ltr": 1000.0,
    "cc": 1.0,
    "cm3": 1.0,
    "oz": 29.5735,
    "floz": 29.5735,
}
_WORD = re.compile(r"[^\W\d_]+3?|\"", re.UNICODE)


def find_sizes(
    columns: Sequence[Column], chosen: Mapping[SizeKind, str] | None = None
) -> dict[SizeKind, SizeColumn]:
    """The column of each kind of size, as far as there is one. ``chosen`` names columns that a
    person took; '' says that there is none."""
    by_name = {column.name: column for column in columns}
    found: dict[SizeKind, SizeColumn] = {}
    taken: set[str] = set()
    for kind, name in (chosen or {}).items():
        if name in by_name and can_hold(kind, by_name[name]):
            found[kind] = _size_column(kind, by_name[name])
            taken.add(name)
    for kind in _WORDS:
        if kind in (chosen or {}):
            continue
        ranked = [
            (-likely, place, column)
            for place, column in enumerate(columns)
            if column.name not in taken and (likely := _likelihood(kind, column)) > 0
        ]
        if ranked:
            best = min(ranked)[2]
            found[kind] = _size_column(kind, best)
            taken.add(best.name)
    return {kind: found[kind] for kind in SizeKind if kind in found}


def can_hold(kind: SizeKind, column: Column) -> bool:
    """Whether a column is of a kind that can hold such sizes."""
    is_text = column.kind is FieldKind.TEXT
    return column.kind is FieldKind.NUMBER or (is_text and kind is SizeKind.NECK)


def _likelihood(kind: SizeKind, column: Column) -> int:
    """How much speaks for it; 0 for nothing."""
    if not can_hold(kind, column):
        return 0
    words = _words(column)
    if words & _OTHER_PARTS or not words & _WORDS[kind]:
        return 0
    if kind is not SizeKind.NECK and words & _WORDS[SizeKind.NECK]:
        return 0
    units = _VOLUMES if kind is SizeKind.VOLUME else _LENGTHS
    others = _LENGTHS if kind is SizeKind.VOLUME else _VOLUMES
    unit = _unit(column)
    if unit in others and kind is not SizeKind.NECK:
        return 0
    # A word of one letter alone says little without a unit.
    named = words & _WORDS[kind]
    if all(len(word) == 1 and word.isascii() for word in named) and unit not in units:
        return 0
    return 2 + (unit in units) - min(1, max(0, len(words) - 2))


def _size_column(kind: SizeKind, column: Column) -> SizeColumn:
    units = _VOLUMES if kind is SizeKind.VOLUME else _LENGTHS
    is_number = column.kind is FieldKind.NUMBER
    return SizeColumn(kind, column.name, units.get(_unit(column), 1.0), is_number)


def _unit(column: Column) -> str:
    known = {**_LENGTHS, **_VOLUMES}
    written: str = _plain(column.unit).replace(".", "").replace(" ", "")
    if written in known:
        return written
    for text in (column.name, column.label):
        words: list[str] = _WORD.findall(_plain(text))
        for word in reversed(words):
            if word in known and word not in ("m", "l", "in"):
                return word
    return ""


def _words(column: Column) -> set[str]:
    return {word for text in (column.name, column.label) for word in _WORD.findall(_plain(text))}


def _tidy(number: float) -> float:
    return round(number, 4)
