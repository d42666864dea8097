"""Products of the catalogue by the numbers that lists name them by."""

from __future__ import annotations

import re

from desktop_app.domain.imports import ImportRecord
from desktop_app.domain.ports import ProductStore
from desktop_app.services.catalogue_diff.deciding import KnownNumber
from desktop_app.services.import_values import text_of

_BARCODE = re.compile(r"\d{6,18}")
_SIGNS = re.compile(r"[\s.-]")


class KnownNumbers:
    """SKUs and barcodes of live products, as they are when this is made. A barcode that several
    products have names none of them."""

    def __init__(self, products: ProductStore) -> None:
        self._by_sku = products.ids_by_sku()
        self._by_barcode: dict[str, int] = {}
        shared: set[str] = set()
        for product_id, text in products.values("barcode").items():
            barcode = plain_barcode(text)
            if barcode and self._by_barcode.setdefault(barcode, product_id) != product_id:
                shared.add(barcode)
        for barcode in shared:
            del self._by_barcode[barcode]

    def find(self, record: ImportRecord) -> KnownNumber | None:
        """By SKU, without case, or else by barcode."""
        if product_id := self._by_sku.get(record.sku.casefold()):
            return KnownNumber(product_id, "SKU")
        barcode = plain_barcode(text_of(record.fields.get("barcode")))
        if product_id := self._by_barcode.get(barcode):
            return KnownNumber(product_id, "barcode")
        return None


def plain_barcode(text: str) -> str:
    """The digits without leading zeros, which tell UPC from EAN only; '' where the text is no
    barcode."""
    digits = _SIGNS.sub("", text)
    return digits.lstrip("0") if _BARCODE.fullmatch(digits) else ""
