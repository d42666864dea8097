"""Keeping what was captured: each answer with what a person decided on it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from desktop_app.domain.capturing import CaptureAnswer, CaptureRecord, Decision
from desktop_app.domain.errors import ProductNotFound
from desktop_app.domain.images import DecodedImage
from desktop_app.domain.ports import Catalogue, ImageReader
from desktop_app.domain.search import QueryPicture
from desktop_app.services.capture.recognising import crop_of
from desktop_app.services.query_pictures import view_of

PICTURE_SIDE = 256

_WITHOUT_PRODUCT = frozenset({Decision.REJECTED, Decision.LEFT})


def _now() -> datetime:
    return datetime.now(UTC)


class Recorder:
    """Writes the capture log of one catalogue; for the thread that writes."""

    def __init__(
        self, catalogue: Catalogue, reader: ImageReader, *, now: Callable[[], datetime] = _now
    ) -> None:
        self._catalogue = catalogue
        self._reader = reader
        self._now = now

    def record(
        self,
        answer: CaptureAnswer,
        decision: Decision,
        *,
        product_id: int | None = None,
        pieces: int = 0,
        source: str = "",
    ) -> CaptureRecord:
        """Keep an answer in the log. ``product_id`` is the one decided on, by itself that of a
        FOUND; an answer REJECTED or LEFT has none. Raises CatalogueReadOnly, StorageFull."""
        wanted = answer.product_id if product_id is None else product_id
        kept, sku, title = self._named(None if decision in _WITHOUT_PRODUCT else wanted)
        first = answer.candidates or answer.results.hits
        return self._catalogue.captures.add(
            CaptureRecord(
                0,
                self._now().isoformat(timespec="milliseconds"),
                answer.outcome,
                decision,
                first[0].score if first else 0.0,
                kept,
                sku,
                title,
                barcode="" if answer.barcode is None else answer.barcode.text,
                pieces=pieces if kept is not None else 0,
                source=source,
                picture=self._picture(answer),
            )
        )

    def decide(
        self,
        record_id: int,
        decision: Decision,
        *,
        product_id: int | None = None,
        pieces: int = 0,
    ) -> CaptureRecord:
        """Change what was decided on a capture. Raises KeyError where it is gone from the log,
        CatalogueReadOnly, StorageFull."""
        kept, sku, title = self._named(None if decision in _WITHOUT_PRODUCT else product_id)
        return self._catalogue.captures.decide(
            record_id,
            decision,
            product_id=kept,
            sku=sku,
            title=title,
            pieces=pieces if kept is not None else 0,
        )

    def set_pieces(self, record: CaptureRecord, pieces: int) -> CaptureRecord:
        """Count a capture as so many pieces. Raises as :meth:`decide`."""
        return self._catalogue.captures.decide(
            record.id,
            record.decision,
            product_id=record.product_id,
            sku=record.sku,
            title=record.title,
            pieces=pieces,
        )

    def _named(self, product_id: int | None) -> tuple[int | None, str, str]:
        if product_id is None:
            return None, "", ""
        try:
            fields = self._catalogue.products.get(product_id).fields
        except ProductNotFound:
            return None, "", ""
        return product_id, fields.sku, fields.title

    def _picture(self, answer: CaptureAnswer) -> bytes:
        shot = answer.burst.shots[0]
        rgb = view_of(shot.rgb, QueryPicture("", rgb=shot.rgb, crop=crop_of(shot)))
        height, width = rgb.shape[:2]
        image = DecodedImage(rgb, None, width, height)
        return self._reader.encode_thumbnail(image, side=PICTURE_SIDE)
