"""From the pictures taken before the camera to the product they show, or to none."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from desktop_app.domain.answering import outcome_of
from desktop_app.domain.assurance import AssuranceModel
from desktop_app.domain.barcodes import barcode_keys, gtin_of
from desktop_app.domain.capture_ports import FrameNormaliser, PictureEnlarger
from desktop_app.domain.capturing import (
    CANDIDATES,
    AnswerThresholds,
    Barcode,
    Burst,
    CaptureAnswer,
    Outcome,
    Shot,
)
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.images import READING_SIDE, CropBox
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import Hit, QueryPicture, SearchRequest, SearchResults, ViewScore
from desktop_app.services.search import SearchService

LABEL = "Camera"
LISTED = 12
"""Products a search asks for: those to choose from, and some that an exact answer may be among."""

MARGIN = 0.12
"""Share of the object's box that is kept around it on each side."""

MOST_SHOTS = 2
"""Shots that are searched with; each takes about as long as a whole query. What the first one
surely shows is answered without the second."""


@dataclass(frozen=True, slots=True)
class Optics:
    """What makes a camera's picture more like a catalogue's."""

    normaliser: FrameNormaliser
    enlarger: PictureEnlarger


class Recogniser:
    """Says which product of one catalogue a burst shows. Belongs to the thread that searches.

    The candidates of an answer carry how sure each is (``assurance``) as their score; the hits
    of its results are as the search gave them. A first hit that hardly leads the second is not
    sure, so that of twins both are offered. ``thresholds`` are asked for each answer, so that a
    station that was checked counts at once.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        search: SearchService,
        assurance: Callable[[], AssuranceModel],
        thresholds: Callable[[], AnswerThresholds],
        *,
        optics: Callable[[], Optics] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._catalogue = catalogue
        self._search = search
        self._assurance = assurance
        self._thresholds = thresholds
        self._optics = optics
        self._clock = clock

    def answer(self, burst: Burst, token: CancelToken) -> CaptureAnswer:
        """What the burst turned out to be.

        A code that is the barcode or the SKU of a product decides; what the pictures say is
        asked beside it. Raises Cancelled, and UserFacingError (ModelUnavailable) where the
        pictures cannot be searched with and no code decides.
        """
        began = self._clock()
        code, exact_ids = self._looked_up(burst.barcodes)
        thresholds = self._thresholds()
        try:
            pictures = self.pictures_of(burst)
            results, hits = self.found(pictures[:1] if exact_ids else pictures, token)
        except UserFacingError:
            if not exact_ids:
                raise
            results, hits = SearchResults(SearchRequest(_plain(burst.shots[0])), (), "", 0, 0), ()
        if exact_ids:
            answer = self._exact(
                exact_ids,
                hits,
                CaptureAnswer(burst, Outcome.FOUND, (), thresholds, results, barcode=code),
            )
        else:
            outcome = outcome_of(hits, thresholds)
            shown = hits[:CANDIDATES] if outcome is not Outcome.NOT_FOUND else ()
            answer = CaptureAnswer(burst, outcome, shown, thresholds, results, barcode=code)
        guesses = () if results.analysis is None else results.analysis.categories
        return replace(answer, categories=guesses, looked_ms=(self._clock() - began) * 1e3)

    def _looked_up(self, codes: Sequence[Barcode]) -> tuple[Barcode | None, tuple[int, ...]]:
        """The first code that products have, with these; else the one that tells most of a
        product, with none."""
        for code in codes:
            keys = set(barcode_keys(code.text))
            folded = {key.casefold() for key in keys}
            known = self._catalogue.products.with_codes(keys)
            exact = tuple(
                product_id
                for product_id, (sku, barcode) in known.items()
                if keys & set(barcode_keys(barcode)) or sku.casefold() in folded
            )
            if exact:
                return code, exact
        numbered = [code for code in codes if gtin_of(code.text) is not None]
        return next(iter((*numbered, *codes)), None), ()

    def pictures_of(self, burst: Burst) -> tuple[QueryPicture, ...]:
        """What is searched with, the best first: the object with some of what surrounds it, in
        evened-out light, and of a flat pack seen at a slant its front as well. Small objects
        are enlarged to the size that the catalogue's pictures are looked at: key points are found
        at the same scales then, and of ten products in a rendered video one more came first.
        """
        shots = burst.shots[:MOST_SHOTS]
        if self._optics is None:
            return tuple(map(_plain, shots))
        optics = self._optics()
        pictures = []
        for shot in shots:
            even = optics.normaliser.normalise(shot.rgb, shot.view)
            near = optics.enlarger.enlarged(even, crop_of(shot), side=READING_SIDE)
            pictures.append(QueryPicture(LABEL, rgb=near))
        front = optics.normaliser.rectified(shots[0].rgb, shots[0].view)
        if front is not None:
            pictures.insert(1, QueryPicture(LABEL, rgb=front))
        return tuple(pictures)

    def found(
        self,
        pictures: Sequence[QueryPicture],
        token: CancelToken,
        *,
        without: tuple[int, ...] = (),
    ) -> tuple[SearchResults, tuple[Hit, ...]]:
        """What the pictures show, and how sure each hit is. One picture after another joins
        the search until the first hit is sure. ``without`` are products to go by as if the
        catalogue did not have them. Raises as :meth:`answer`."""
        thresholds, assurance = self._thresholds(), self._assurance()
        for count in range(1, len(pictures) + 1):
            request = SearchRequest(
                pictures[0], also=tuple(pictures[1:count]), limit=LISTED, exclude_products=without
            )
            results = self._search.search(request, token)
            hits = assurance.assured(results.hits)
            if outcome_of(hits, thresholds) is Outcome.FOUND:
                break
        return results, hits

    def _exact(
        self, exact_ids: tuple[int, ...], hits: tuple[Hit, ...], answer: CaptureAnswer
    ) -> CaptureAnswer:
        """Of several products with one code the one that the pictures are most like."""
        seen = [hit for hit in hits if hit.product_id in exact_ids]
        exact = replace(seen[0], score=1.0) if seen else self._unseen(exact_ids[0])
        is_other_sure = (
            outcome_of(hits, answer.thresholds) is Outcome.FOUND
            and hits[0].product_id not in exact_ids
        )
        return replace(
            answer,
            candidates=(exact, hits[0]) if is_other_sure else (exact,),
            exact=exact.product_id,
            disagrees=is_other_sure,
        )

    def _unseen(self, product_id: int) -> Hit:
        """A product that its code alone speaks for, with its pictures that were read."""
        pictures = self._catalogue.products.get(product_id).pictures
        contents = [p.content_id for p in pictures if p.content_id is not None]
        return Hit(product_id, 1.0, tuple(ViewScore(content, 1.0) for content in contents[:1]))


def crop_of(shot: Shot) -> CropBox:
    """The part of a shot that shows the object with some of what surrounds it."""
    return grown(shot.view.box)


def _plain(shot: Shot) -> QueryPicture:
    return QueryPicture(LABEL, rgb=shot.rgb, crop=crop_of(shot))


def grown(box: CropBox | None, margin: float = MARGIN) -> CropBox:
    """The box with ``margin`` of its own size more on each side, as far as the picture goes;
    the whole picture where there is none."""
    if box is None:
        return CropBox()
    across, down = (box.right - box.left) * margin, (box.bottom - box.top) * margin
    return CropBox(
        max(0.0, box.left - across),
        max(0.0, box.top - down),
        min(1.0, box.right + across),
        min(1.0, box.bottom + down),
    )
