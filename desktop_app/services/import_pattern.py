"""How picture files are named: reading SKU and view from a name, and suggesting how."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.images import PICTURE_SUFFIXES

WHOLE_NAME = "{sku}"
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_KNOWN_PLACEHOLDERS = ("sku", "view")

FRONT_VIEWS = frozenset(
    {"", "front", "main", "hero", "packshot", "primary", "vorne", "vorn", "vorderseite", "face"}
    | {"avant", "frente", "frontal", "delante", "principal"}
)
"""Views that make the better main picture."""

_VIEW_WORDS = FRONT_VIEWS | {
    *("back", "rear", "side", "left", "right", "top", "bottom", "above", "below", "inside"),
    *("open", "closed", "detail", "closeup", "angle", "perspective", "alt", "alternate", "view"),
    *("profile", "base", "cap", "lid", "label", "pack", "packaging", "box", "lifestyle", "scene"),
    *("hinten", "rueckseite", "rückseite", "seite", "links", "rechts", "oben", "unten", "offen"),
    *("geschlossen", "ansicht", "deckel", "etikett", "arriere", "arrière", "dos", "cote", "côté"),
    *("gauche", "droite", "dessus", "dessous", "ouvert", "fermé", "détail", "vue", "atras"),
    *("atrás", "lado", "lateral", "izquierda", "derecha", "arriba", "abajo", "abierto"),
    *("cerrado", "detalle", "vista", "trasera", "superior", "inferior", "reverso"),
}
_PLAIN_FOLDERS = frozenset(
    {"img", "imgs", "image", "images", "pic", "pics", "picture", "pictures", "photo", "photos"}
    | {"bild", "bilder", "foto", "fotos", "imagenes", "jpg", "jpeg", "png", "media"}
)
_VIEW_WORD = re.compile(r"([^\W\d_]+)[ .-]?\d{0,2}")
_VIEW_INDEX = re.compile(r"\d{1,2}|[^\W\d_]")
_SEPARATORS = ("_", "-", " ", ".")
_ENOUGH = 0.5
_FROM_ONE = 0.6
_MISREAD = 0.1
_MOST_VIEWS = 40
_USUAL_VIEWS = 12


class NamePattern:
    """Reads SKU and view from a path relative to the imported folder.

    Raises UserFacingError where the pattern cannot be understood.
    """

    def __init__(self, pattern: str) -> None:
        self.text = _without_suffix(pattern.strip()) or WHOLE_NAME
        parts = self.text.split("/")
        self.depth = len(parts)
        self._regex = re.compile(_as_regex(self.text), re.IGNORECASE | re.DOTALL)

    def match(self, path: PurePosixPath) -> tuple[str, str] | None:
        """SKU and view ('' where the pattern has none); None where the name is different."""
        parts = path.parts[-self.depth :]
        if len(parts) < self.depth:
            return None
        found = self._regex.fullmatch("/".join((*parts[:-1], path.stem)))
        if not found:
            return None
        groups = found.groupdict()
        sku, view = groups["sku"].strip(), (groups.get("view") or "").strip()
        return (sku, view) if sku else None

    def category(self, path: PurePosixPath) -> str:
        """The first folder that the pattern does not read, those aside that only say that
        there are pictures in them; '' where there is none."""
        folders = path.parts[: max(0, len(path.parts) - self.depth)]
        return next((f for f in folders if f.casefold() not in _PLAIN_FOLDERS), "")


def _without_suffix(pattern: str) -> str:
    head, dot, ending = pattern.rpartition(".")
    return head if dot and f".{ending}".lower() in PICTURE_SUFFIXES | {".*"} else pattern


def _as_regex(pattern: str) -> str:
    names = _PLACEHOLDER.findall(pattern)
    literals = _PLACEHOLDER.split(pattern)[::2]
    example = "Use {sku} and, if you like, {view}, for example {sku}_{view}."
    unknown = [name for name in names if name not in _KNOWN_PLACEHOLDERS]
    if unknown or any("{" in literal or "}" in literal for literal in literals):
        what = f"{{{unknown[0]}}} is not known" if unknown else "A brace is not closed"
        raise UserFacingError(f"{what} in the name pattern “{pattern}”.", remedy=example)
    if names.count("sku") != 1 or names.count("view") > 1:
        raise UserFacingError(
            f"The name pattern “{pattern}” must hold {{sku}} once and {{view}} at most once.",
            remedy=example,
        )
    if len(names) == 2 and not literals[1]:
        raise UserFacingError(
            f"Nothing parts {{sku}} from {{view}} in the name pattern “{pattern}”.",
            remedy="Put the sign between them that your file names have, such as _ or -.",
        )
    regex = re.escape(literals[0])
    for name, literal in zip(names, literals[1:], strict=True):
        # The SKU is greedy: of several separators the one nearest the view parts them.
        regex += f"(?P<{name}>[^/]+{'' if name == 'sku' else '?'})" + re.escape(literal)
    return regex


def is_view_name(text: str) -> bool:
    """Whether a part of a file name looks like a view: ``front``, ``side2``, ``03``, ``b``."""
    return _is_view_word(text) or bool(_VIEW_INDEX.fullmatch(text))


def _is_view_word(text: str) -> bool:
    found = _VIEW_WORD.fullmatch(text.casefold())
    return found is not None and found[1] in _VIEW_WORDS


def view_rank(view: str) -> int:
    """0 for views that show the product from the front, 1 for others."""
    plain = view.casefold()
    return 0 if plain in FRONT_VIEWS or plain in ("0", "1", "00", "01", "a") else 1


def suggest_pattern(names: Iterable[str]) -> str:
    """The pattern that most of these paths (with ``/``, endings kept) seem to follow.

    ``{sku}`` unless more than half of the files are one of several views or named as one.
    """
    paths = [PurePosixPath(name) for name in names]
    if len(paths) < 2:
        return WHOLE_NAME
    if _is_folder_per_product(paths):
        return "{sku}/{view}"
    best, best_share = WHOLE_NAME, _ENOUGH
    for separator in _SEPARATORS:
        for pattern in (f"{{sku}}{separator}{{view}}", f"{{view}}{separator}{{sku}}"):
            share = _share_of_views(paths, separator, view_first=pattern.startswith("{view}"))
            if share > best_share + 1e-9:
                best, best_share = pattern, share
    return best


def _is_folder_per_product(paths: Sequence[PurePosixPath]) -> bool:
    views = [path for path in paths if len(path.parts) > 1 and is_view_name(path.stem)]
    folders = {path.parent for path in views}
    several = len(folders) < len(views) <= _USUAL_VIEWS * len(folders)
    return len(views) >= 0.8 * len(paths) and len(folders) > 1 and several


def _share_of_views(paths: Sequence[PurePosixPath], separator: str, *, view_first: bool) -> float:
    """The share of files that are one of several views of a SKU under this reading."""
    views: dict[str, set[str]] = defaultdict(set)
    bare = set()
    misread = 0
    for path in paths:
        stem = path.stem.casefold()
        bare.add(stem)
        head, found, tail = stem.partition(separator) if view_first else stem.rpartition(separator)
        sku, view = (tail, head) if view_first else (head, tail)
        if found and sku and (_is_view_word(view) if view_first else is_view_name(view)):
            views[sku].add(view)
        elif found:
            misread += 1
    # "A12.jpg" beside "A12_2.jpg" is the first view without a number; a view in words is one
    # even where it stands alone.
    groups = {
        sku: found
        for sku, found in views.items()
        if len(found) + (sku in bare) > 1 or any(map(_is_view_word, found))
    }
    # Where the separator also stands within article numbers, those would be cut.
    if misread > _MISREAD * len(paths) or _is_series(list(groups.values())):
        return 0.0
    return sum(len(found) + (sku in bare) for sku, found in groups.items()) / len(paths)


def _is_series(groups: Sequence[set[str]]) -> bool:
    """Whether the numbers count articles (IMG_1 to IMG_40, A-10 to A-19) rather than views."""
    if any(len(views) > _MOST_VIEWS for views in groups):
        return True
    indexed = [views for views in groups if not any(map(_is_view_word, views))]
    numbered = [views for views in indexed if all(view.isdecimal() for view in views)]
    from_one = sum(min(map(int, views)) <= 2 for views in numbered)
    return from_one < _FROM_ONE * len(numbered) or len(indexed) == len(groups) == 1
