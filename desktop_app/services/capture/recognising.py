"""From the pictures taken before the camera to the product they show, or to none."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

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
from desktop_app.services.capture.looks import difference, look_of
from desktop_app.services.search import SearchService

LABEL = "Camera"
LISTED = 12
"""Products a search asks for: those to choose from, and some that an exact answer may be among."""

MARGIN = 0.12
"""Share of the object's box that is kept around it on each side."""

MOST_SHOTS = 2
"""Shots that are searched with; each takes about as long as a whole query. What the first one
surely shows is answered without the second."""

SAME_VIEW, MUCH_SHARPER = 0.05, 0.1
"""Of two shots of something held still before a camera four of five differ less (see
looks.difference), and what the second adds then is chance: of eight products that the catalogue
lacked and the first did not find, it made one a wrong FOUND and one a wrong offer."""


@dataclass(frozen=True, slots=True)
class Optics:
    """What makes a camera's picture more like a catalogue's."""

    normaliser: FrameNormaliser
    enlarger: PictureEnlarger


@dataclass(frozen=True, slots=True, eq=False)
class _Begun:
    """A search with the one picture of a shot."""

    shot: Shot
    picture: QueryPicture
    results: SearchResults
    hits: tuple[Hit, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Shown:
    """A picture to search with, and whether it shows just what the first one does."""

    picture: QueryPicture
    repeats: bool = False


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
        self._ahead: _Begun | None = None

    def look_ahead(self, shot: Shot, token: CancelToken) -> None:
        """Search with a shot whose burst is still to come (Burst.ahead): its answer begins with
        what is found now. Raises as :meth:`answer` does where no code decides."""
        self._ahead = None
        picture = self._near(shot)
        self._ahead = _Begun(shot, picture, *self.found((picture,), token))

    def answer(self, burst: Burst, token: CancelToken) -> CaptureAnswer:
        """What the burst turned out to be.

        A code that is the barcode or the SKU of a product decides; what the pictures say is
        asked beside it. Raises Cancelled, and UserFacingError (ModelUnavailable) where the
        pictures cannot be searched with and no code decides.
        """
        began = self._clock()
        ahead, self._ahead = self._ahead, None
        code, exact_ids = self._looked_up(burst.barcodes)
        thresholds = self._thresholds()
        try:
            pictures = self._shown(burst, ahead)
            results, hits = self._found(
                islice(pictures, 1) if exact_ids else pictures, token, ahead
            )
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
        """What is searched with, in this order: the object with some of what surrounds it, in
        evened-out light, and of a flat pack seen at a slant its front as well. The view that was
        told of ahead comes first, then the best. Small objects are enlarged to the size that the
        catalogue's pictures are looked at: key points are found at the same scales then, and of
        ten products in a rendered video one more came first.
        """
        return tuple(shown.picture for shown in self._shown(burst, None))

    def found(
        self,
        pictures: Iterable[QueryPicture],
        token: CancelToken,
        *,
        without: tuple[int, ...] = (),
    ) -> tuple[SearchResults, tuple[Hit, ...]]:
        """What the pictures (at least one) show, and how sure each hit is. One picture after
        another joins the search until the first hit is sure. ``without`` are products to go by
        as if the catalogue did not have them. Raises as :meth:`answer`."""
        return self._found(map(_Shown, pictures), token, without=without)

    def _found(
        self,
        pictures: Iterable[_Shown],
        token: CancelToken,
        begun: _Begun | None = None,
        *,
        without: tuple[int, ...] = (),
    ) -> tuple[SearchResults, tuple[Hit, ...]]:
        """See :meth:`found`. A picture that repeats the first joins only an answer in doubt: what
        is not known by the one is not by the other. ``begun`` is a search with the first picture
        that took place already, if it is that."""
        thresholds, assurance = self._thresholds(), self._assurance()
        joined: list[QueryPicture] = []
        outcome = Outcome.PERHAPS
        for shown in pictures:
            if joined and shown.repeats and outcome is Outcome.NOT_FOUND:
                continue
            joined.append(shown.picture)
            if len(joined) == 1 and begun is not None and begun.picture is shown.picture:
                results, hits = begun.results, begun.hits
            else:
                request = SearchRequest(
                    joined[0], also=tuple(joined[1:]), limit=LISTED, exclude_products=without
                )
                results = self._search.search(request, token)
                hits = assurance.assured(results.hits)
            outcome = outcome_of(hits, thresholds)
            if outcome is Outcome.FOUND:
                break
        return results, hits

    def _shown(self, burst: Burst, ahead: _Begun | None) -> Iterator[_Shown]:
        """See :meth:`pictures_of`; each is made when it is asked for."""
        first, *others = _searched_shots(burst)
        is_begun = ahead is not None and ahead.shot is first
        yield _Shown(ahead.picture if ahead is not None and is_begun else self._near(first))
        if self._optics is not None:
            front = self._optics().normaliser.rectified(first.rgb, first.view)
            if front is not None:
                yield _Shown(QueryPicture(LABEL, rgb=front))
        for shot in others:
            yield _Shown(self._near(shot), repeats=_repeats(first, shot))

    def _near(self, shot: Shot) -> QueryPicture:
        if self._optics is None:
            return _plain(shot)
        optics = self._optics()
        even = optics.normaliser.normalise(shot.rgb, shot.view)
        near = optics.enlarger.enlarged(even, crop_of(shot), side=READING_SIDE)
        return QueryPicture(LABEL, rgb=near)

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


def _searched_shots(burst: Burst) -> list[Shot]:
    """The one that was told of ahead, then the best, MOST_SHOTS in all."""
    ahead = [] if burst.ahead is None else [burst.ahead]
    return [*ahead, *(shot for shot in burst.shots if shot is not burst.ahead)][:MOST_SHOTS]


def _repeats(first: Shot, other: Shot) -> bool:
    """Whether another shot shows the object from the same side, cut out alike, and hardly any
    sharper."""
    looks = look_of(first.rgb, first.view), look_of(other.rgb, other.view)
    if looks[0] is None or looks[1] is None:
        return False
    is_sharper = other.view.sharpness - first.view.sharpness > MUCH_SHARPER
    return difference(looks[0], looks[1]) < SAME_VIEW and not is_sharper


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
