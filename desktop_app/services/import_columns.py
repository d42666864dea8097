"""What the columns of a product list hold, guessed from their headers and values."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from desktop_app.domain.import_ports import TableContents
from desktop_app.domain.imports import IGNORE_TARGET, PICTURE_TARGET, VIEW_TARGET
from desktop_app.domain.products import CORE_NAMES, Column, FieldKind, FieldValue
from desktop_app.services.import_pattern import is_view_name
from desktop_app.services.import_values import currency_of, guess_kind

# Written as _plain() leaves them: lower case, without accents, words parted by one space.
_SYNONYMS: dict[str, frozenset[str]] = {
    "sku": frozenset(
        {"sku", "item no", "item number", "item code", "item id", "article", "article no"}
        | {"article number", "article code", "product id", "product code", "product no", "id"}
        | {"product number", "part no", "part number", "style no", "style number", "code"}
        | {"model no", "model number", "mpn", "item", "artikelnummer", "artikel nr", "artikelnr"}
        | {"art nr", "artnr", "artikel", "bestellnummer", "bestell nr", "sachnummer"}
        | {"materialnummer", "produktnummer", "reference", "ref", "code article", "code produit"}
        | {"reference produit", "reference article", "no article", "numero article", "referencia"}
        | {"numero de articulo", "codigo", "codigo de articulo", "codigo producto", "articulo"}
    ),
    "title": frozenset(
        {"title", "name", "product", "product name", "product title", "item name", "article name"}
        | {"titel", "produktname", "artikelname", "bezeichnung", "artikelbezeichnung", "produkt"}
        | {"produktbezeichnung", "kurztext", "titre", "nom", "nom du produit", "designation"}
        | {"libelle", "intitule", "produit", "titulo", "nombre", "nombre del producto"}
        | {"denominacion", "designacion", "producto"}
    ),
    "brand": frozenset(
        {"brand", "brand name", "manufacturer", "maker", "vendor", "marke", "hersteller"}
        | {"markenname", "marque", "fabricant", "marca", "fabricante"}
    ),
    "category": frozenset(
        {"category", "product category", "product type", "type", "group", "product group"}
        | {"department", "kategorie", "warengruppe", "produktgruppe", "artikelgruppe", "sortiment"}
        | {"categorie", "famille", "rayon", "categoria", "familia", "tipo", "typ"}
    ),
    "price": frozenset(
        {"price", "unit price", "list price", "retail price", "sales price", "rrp", "msrp"}
        | {"preis", "vk", "vk preis", "verkaufspreis", "einzelpreis", "listenpreis", "uvp", "pvp"}
        | {"nettopreis", "bruttopreis", "prix", "prix unitaire", "prix de vente", "prix ttc"}
        | {"prix ht", "tarif", "precio", "precio unitario", "precio de venta", "importe"}
    ),
    "currency": frozenset({"currency", "currency code", "wahrung", "waehrung", "devise", "moneda"}),
    "size": frozenset({"size", "grosse", "groesse", "taille", "talla", "tamano", "konfektion"}),
    "availability": frozenset(
        {"availability", "available", "stock", "in stock", "stock status", "status", "inventory"}
        | {"verfugbarkeit", "verfugbar", "bestand", "lagerbestand", "lager", "disponibilite"}
        | {"disponible", "disponibilidad", "existencias", "en stock"}
    ),
    "url": frozenset(
        {"url", "link", "product url", "product link", "web", "website", "page", "product page"}
        | {"webseite", "produktlink", "lien", "lien produit", "page produit", "enlace", "pagina"}
    ),
    "barcode": frozenset(
        {"barcode", "bar code", "ean", "ean 13", "ean13", "ean code", "gtin", "gtin 13", "upc"}
        | {"upc code", "jan", "strichcode", "code barres", "code a barres", "codigo de barras"}
    ),
    "notes": frozenset(
        {"notes", "note", "description", "long description", "comment", "comments", "remark"}
        | {"remarks", "beschreibung", "langtext", "bemerkung", "bemerkungen", "notiz", "notizen"}
        | {"kommentar", "commentaire", "commentaires", "remarque", "remarques", "descripcion"}
        | {"observaciones", "nota", "notas", "comentario", "comentarios"}
    ),
    PICTURE_TARGET: frozenset(
        {"picture", "pictures", "image", "images", "img", "photo", "photos", "photograph", "path"}
        | {"filename", "file", "filepath", "thumbnail", "image url", "image link", "packshot"}
        | {"picture url", "photo url", "bild", "bilder", "bilddatei", "bildname", "bildpfad"}
        | {"produktbild", "artikelbild", "produktfoto", "hauptbild", "photo produit"}
        | {"foto", "fotos", "dateiname", "datei", "bild url", "fichier", "nom de fichier", "imagen"}
        | {"imagenes", "fichero", "archivo", "nombre de archivo"}
    ),
    VIEW_TARGET: frozenset(
        {"view", "view name", "angle", "ansicht", "perspektive", "vue", "vista", "perspectiva"}
    ),
}
_TARGET_OF = {synonym: target for target, found in _SYNONYMS.items() for synonym in found}
# Taken only where no other header names the field: they often mean something else.
_WEAK = frozenset(
    {"type", "typ", "tipo", "group", "id", "code", "item", "product", "produkt", "produit"}
    | {"producto", "status", "web", "page", "pagina", "file", "path", "name", "article", "artikel"}
)
# Words that do not change what a header means.
_FILLERS = frozenset(
    {"product", "products", "item", "article", "artikel", "produkt", "main", "the", "of", "no"}
    | {"nr", "number", "name", "file", "path", "code", "du", "de", "del", "des", "le", "la", "en"}
    | {"produit", "producto", "supplier", "lieferant", "our", "web", "incl", "excl", "net", "gross"}
)
_UNITS: dict[str, str] = {
    **{unit: unit for unit in ("mm", "cm", "m", "ml", "cl", "dl", "l", "g", "kg", "mg", "oz", "%")},
    **{"in": "in", "inch": "in", "inches": "in", '"': "in", "ft": "ft", "fl oz": "fl oz"},
    **{"millimeter": "mm", "millimetre": "mm", "zentimeter": "cm", "gramm": "g", "gram": "g"},
    **{"lb": "lb", "lbs": "lb", "pcs": "pcs", "stk": "pcs", "stück": "pcs", "°c": "°C", "w": "W"},
    **{"v": "V", "kw": "kW", "cm²": "cm²", "m²": "m²", "cm³": "cm³", "m³": "m³", "liter": "l"},
}
_BRACKETED = re.compile(r"^(?P<name>.+?)\s*[(\[](?P<unit>[^()\[\]]{1,12})[)\]]\s*$")
_TRAILING = re.compile(r"^(?P<name>.+?)(?:\s+in|\s*[/,]|\s)\s*(?P<unit>fl oz|\S{1,5})$")
# A bare letter after a name may be anything ("Option L"); these need brackets or "in".
_BRACKETS_ONLY = frozenset({"m", "l", "g", "in", "w", "v", "ft", '"'})
_RESERVED_NAMES = CORE_NAMES | {"id", "created_at", "updated_at", PICTURE_TARGET, VIEW_TARGET}


@dataclass(frozen=True, slots=True)
class Header:
    """A header taken apart: ``Height (mm)`` is ``Height`` in ``mm``, ``Price (EUR)`` has a
    currency, and ``Image front`` a view."""

    name: str
    unit: str = ""
    currency: str = ""
    view: str = ""


def read_header(text: str) -> Header:
    """Take a header apart."""
    for pattern in (_BRACKETED, _TRAILING):
        match = pattern.match(text)
        if not match:
            continue
        ending = match["unit"].strip().removeprefix("in ").casefold()
        unit = _UNITS.get(ending, "")
        if unit and not (pattern is _TRAILING and ending in _BRACKETS_ONLY):
            return Header(match["name"], unit=unit)
        if currency := currency_of(ending):
            return Header(match["name"], currency=currency)
    words = _plain(text).split()
    if core_target(text) == PICTURE_TARGET:
        view = next((word for word in words if len(word) > 2 and is_view_name(word)), "")
        return Header(text, view="" if view in ("view", "main") else view)
    return Header(text)


def core_target(header: str) -> str:
    """The core field, PICTURE_TARGET or VIEW_TARGET a header names; '' for none of them."""
    plain = _plain(header)
    if plain in _TARGET_OF:
        return _TARGET_OF[plain]
    words = plain.split()
    telling = [w for w in words if w not in _FILLERS and not w.isdigit() and not is_view_name(w)]
    for kept in (" ".join(telling), " ".join(w for w in words if w not in _FILLERS)):
        if kept in _TARGET_OF:
            return _TARGET_OF[kept]
    return ""


def guess_columns(
    table: TableContents, mapping: Mapping[str, str], columns: Sequence[Column]
) -> tuple[dict[str, str], tuple[Column, ...]]:
    """A target for each header, and a new column for each header that names no field.

    ``mapping`` is what is known already and stays; ``columns`` are the catalogue's own. Each
    field is given to one header only, except pictures.
    """
    chosen = {header: mapping[header] for header in table.headers if header in mapping}
    taken = {target for target in chosen.values() if target != PICTURE_TARGET}
    for header in sorted(table.headers, key=_strength):
        target = core_target(read_header(header).name)
        if target and target not in taken and header not in chosen:
            chosen[header] = target
            taken |= {target} - {PICTURE_TARGET}
    new_columns: dict[str, Column] = {}
    for position, header in enumerate(table.headers):
        if chosen.get(header) in _RESERVED_NAMES:
            continue
        values = [row.cells[position] for row in table.rows]
        column, is_new = _own_column(header, values, columns, new_columns)
        if is_new:
            new_columns[column.name] = column
        if header not in chosen:
            chosen[header] = IGNORE_TARGET if column.name in taken else column.name
            taken.add(column.name)
    _ensure_sku(chosen, mapping)
    return chosen, tuple(new_columns.values())


def _strength(header: str) -> int:
    """Headers that name a field plainly come before those that may mean something else."""
    plain = _plain(read_header(header).name)
    if plain == core_target(plain):
        return 0
    return 2 if plain in _WEAK else 1


def _ensure_sku(chosen: dict[str, str], mapping: Mapping[str, str]) -> None:
    """A list that knows its products by barcode only."""
    if mapping or "sku" in chosen.values():
        return
    header = next((h for h, target in chosen.items() if target == "barcode"), None)
    if header is not None:
        chosen[header] = "sku"


def _own_column(
    header: str,
    values: Sequence[FieldValue],
    columns: Sequence[Column],
    new_columns: Mapping[str, Column],
) -> tuple[Column, bool]:
    """The catalogue's column for a header or a new one, and whether it is new."""
    read = read_header(header)
    slug = column_name(read.name)
    suffix = column_name(read.unit) if read.unit and read.unit != "%" else "2"
    for column in columns:
        same = column.name == slug or column.label.casefold() == read.name.casefold()
        if same and (not read.unit or not column.unit or column.unit == read.unit):
            return column, False
        if column.name == f"{slug}_{suffix}":
            return column, False
    taken = _RESERVED_NAMES | {column.name for column in columns} | set(new_columns)
    name, copy = slug, 2
    if name in taken:
        name = f"{slug}_{suffix}"
    while name in taken:
        copy += 1
        name = f"{slug}_{copy}"
    kind = guess_kind(values)
    unit = read.unit if kind is FieldKind.NUMBER else ""
    label = read.name if name == slug and (unit or read.currency) else header
    return Column(name, label, kind, unit), True


def column_name(header: str) -> str:
    """An identifier of lower-case letters, digits and underscores for a header, always the
    same for the same header."""
    slug = re.sub(r"[^a-z0-9]+", "_", _plain(header)).strip("_")[:40]
    if not slug:
        return f"column_{zlib.crc32(header.encode('utf-8', 'replace')):08x}"
    return slug if slug[0].isalpha() else f"column_{slug}"


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    return " ".join(re.sub(r"[\W_]+", " ", bare).split())
