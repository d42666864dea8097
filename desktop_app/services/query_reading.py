"""From the pictures a person searches with to everything the channels compare."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.evidence import PictureEvidence, QueryContext
from desktop_app.domain.evidence_ports import EvidenceChannels
from desktop_app.domain.images import READING_SIDE, DecodedImage, FloatMatrix, RgbArray
from desktop_app.domain.learned_models import Projection
from desktop_app.domain.masks import INSIDE, Masker, MaskSource, ObjectMask, object_view
from desktop_app.domain.ports import Catalogue, Embedder, ImageReader
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.search import QueryPicture, SearchRequest
from desktop_app.services.describing import describe_picture
from desktop_app.services.query_pictures import read_view
from desktop_app.services.stopwatch import Stopwatch

MOST_KEY_POINTS = 300
ROCCHIO_MORE, ROCCHIO_LESS = 0.75, 0.25
"""Weights of the means of what is wanted and unwanted against the query's own 1. Rocchio,
"Relevance feedback in information retrieval", 1971; the values after Manning, Raghavan and
Schütze, "Introduction to Information Retrieval", 2008, section 9.1.1."""

CLOSER_VIEWS = (0.75, 0.55)
"""Shares of the sides."""

_EVEN = frozenset({MaskSource.ALPHA, MaskSource.PLAIN_BACKGROUND})

_BLANK = DecodedImage(np.full((64, 64, 3), 127, np.uint8), None, 64, 64)


@dataclass(frozen=True, slots=True, eq=False)
class QueryView:
    """One picture of the query as the channels see it. ``vectors`` (n, dimension) are unit
    rows, one for each way of looking at it, to be compared with those searched; ``base_vectors``
    are the same by the model that read the picture, which ``vectors`` are where nothing was
    learned beside it; ``hashes`` (8,) as CopyHasher gives them, None without channels."""

    vectors: FloatMatrix
    base_vectors: FloatMatrix
    evidence: PictureEvidence
    context: QueryContext
    hashes: NDArray[np.uint64] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ReadQuery:
    """A query ready to be compared; ``views`` is not empty. Times in milliseconds; ``embed_ms``
    is what embedding took beyond the describing beside it."""

    views: tuple[QueryView, ...]
    decode_ms: float
    describe_ms: float
    embed_ms: float

    @property
    def vectors(self) -> FloatMatrix:
        """Those of all views, in order."""
        return np.concatenate([view.vectors for view in self.views])


class QueryReader:
    """Reads queries for one catalogue. Used by one thread at a time.

    What was read of a picture is kept until another query comes, so that a refinement, a
    filter or a slider does not read it again.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        reader: ImageReader,
        channels: Callable[[], EvidenceChannels] | None,
    ) -> None:
        self._catalogue = catalogue
        self._reader = reader
        self._provide_channels = channels
        self._channels: EvidenceChannels | None = None
        self._kept: dict[tuple[int, str], tuple[QueryPicture, QueryView]] = {}

    @property
    def channels(self) -> EvidenceChannels | None:
        """Made at the first call; None where only LOOK is to be compared."""
        if self._channels is None and self._provide_channels is not None:
            self._channels = self._provide_channels()
        return self._channels

    def warm_up(self) -> None:
        """Load what describing needs ahead of the first query."""
        if self.channels is not None:
            self.channels.masker.mask(_BLANK)

    def read(
        self,
        request: SearchRequest,
        *,
        model_key: str,
        embedder: Callable[[], Embedder],
        token: CancelToken,
        projection: Projection | None = None,
    ) -> ReadQuery:
        """``embedder`` gives that of ``model_key``, on whose vectors ``projection`` stands.
        Raises UnreadableImage, ModelUnavailable, Cancelled."""
        pictures = (request.picture, *request.also)
        kept, times = dict(self._kept), [0.0, 0.0, 0.0]
        self._kept = {}
        views = []
        for picture in pictures:
            token.checkpoint()
            place = (id(picture), model_key)
            known = kept.get(place)
            if known is None or known[0] is not picture:
                known = (picture, self._read(picture, model_key, embedder, token, times))
            self._kept[place] = known
            views.append(known[1])
        refined = self._refined([view.vectors for view in views], request, model_key)
        looked = refined
        if projection is not None:
            looked = [projection(view.vectors) for view in views]
            looked = self._refined(looked, request, projection.key)
        return ReadQuery(
            tuple(
                replace(view, vectors=vectors, base_vectors=base)
                for view, vectors, base in zip(views, looked, refined, strict=True)
            ),
            *times,
        )

    def _read(
        self,
        picture: QueryPicture,
        model_key: str,
        embedder: Callable[[], Embedder],
        token: CancelToken,
        times: list[float],
    ) -> QueryView:
        stored = self._stored_vector(picture, model_key)
        if stored is not None and self.channels is None:
            return QueryView(stored, stored, PictureEvidence(), QueryContext())
        watch = Stopwatch()
        image = read_view(
            picture, catalogue=self._catalogue, reader=self._reader, side=READING_SIDE
        )
        times[0] += watch.lap_ms()
        token.checkpoint()
        mask = None
        if self.channels is not None:
            mask = mask_of_query(image, picture, self.channels.masker)
        if stored is not None:
            evidence, context, hashes = self._described(image, mask)
            times[1] += watch.lap_ms()
            return QueryView(stored, stored, evidence, context, hashes)
        look, views = embedder(), look_views(image.rgb, mask if picture.use_mask else None)
        # What is told by looking closer leaves one of two cores idle, and so does the network.
        with ThreadPoolExecutor(1, "query look") as beside:
            embedded = beside.submit(look.embed, views)
            evidence, context, hashes = self._described(image, mask)
            times[1] += watch.lap_ms()
            token.checkpoint()
            vectors = embedded.result()
        times[2] += watch.lap_ms()
        return QueryView(vectors, vectors, evidence, context, hashes)

    def _described(
        self, image: DecodedImage, mask: ObjectMask | None
    ) -> tuple[PictureEvidence, QueryContext, NDArray[np.uint64] | None]:
        """What the channels tell, nothing without them."""
        evidence, hashes = PictureEvidence(), None
        if self.channels is not None:
            evidence = describe_picture(image, self.channels, mask=mask)
            hashes = self.channels.copy.hashes(image)
        return evidence, context_of(image, evidence), hashes

    def _stored_vector(self, picture: QueryPicture, model_key: str) -> FloatMatrix | None:
        """That of a picture of the catalogue taken as it was stored; None for any other."""
        is_as_stored = (
            picture.content_id is not None
            and picture.crop.is_whole
            and picture.quarter_turns % 4 == 0
            and picture.drawn_mask is None
            and picture.use_mask
        )
        if not is_as_stored:
            return None
        assert picture.content_id is not None
        _, stored = self._catalogue.vectors.get(model_key, [picture.content_id])
        # A damaged vector may be stored as zeros.
        return stored if stored.any() else None

    def _refined(
        self, views: list[FloatMatrix], request: SearchRequest, model_key: str
    ) -> list[FloatMatrix]:
        """Every vector moved towards what is wanted and away from what is not."""
        more = self._mean_of(request.more_like, model_key)
        less = self._mean_of(request.less_like, model_key)
        if more is None and less is None:
            return views
        shift = np.zeros(views[0].shape[1], np.float32)
        if more is not None:
            shift += ROCCHIO_MORE * more
        if less is not None:
            shift -= ROCCHIO_LESS * less
        refined = []
        for vectors in views:
            moved = vectors + shift
            moved /= np.linalg.norm(moved, axis=1, keepdims=True)
            refined.append(moved)
        return refined

    def _mean_of(self, product_ids: Sequence[int], model_key: str) -> NDArray[np.float32] | None:
        contents = [
            picture.content_id
            for product_id in product_ids
            for picture in self._catalogue.products.get(product_id).pictures[:1]
            if picture.content_id is not None
        ]
        _, rows = self._catalogue.vectors.get(model_key, contents)
        return np.asarray(rows.mean(axis=0), np.float32) if len(rows) else None


def mask_of_query(image: DecodedImage, picture: QueryPicture, masker: Masker) -> ObjectMask:
    """Where the object is in a query's view: as a person marked it, or as the masker finds it;
    WHOLE where the view is to be taken as it is."""
    height, width = image.rgb.shape[:2]
    if not picture.use_mask:
        return ObjectMask.whole(height, width)
    if picture.drawn_mask is None:
        return masker.mask(image)
    alpha = _fitted(picture.drawn_mask, height, width)
    found = masker.mask(image)
    return ObjectMask(alpha, MaskSource.DRAWN, confidence=1.0, clutter=found.clutter)


def look_views(rgb: RgbArray, mask: ObjectMask | None) -> list[RgbArray]:
    """What is embedded of a query, to be compared with whole pictures of the catalogue.

    Before an even background, the picture: cutting the object out of it, in the catalogue too,
    found 5 points fewer of other views at the first place, since how a shop frames its pictures
    tells as well. Before anything else also the middle of it, twice closer: whoever takes a
    photo of a thing has it about there, and a mask that had to be guessed misleads more often
    than it helps. An object marked by a person is cut out on white.
    """
    if mask is None or mask.source in _EVEN:
        return [rgb]
    if mask.source is MaskSource.DRAWN and mask.is_usable:
        return [object_view(rgb, mask)]
    return [rgb, *(_middle(rgb, share) for share in CLOSER_VIEWS)]


def _middle(rgb: RgbArray, share: float) -> RgbArray:
    height, width = rgb.shape[:2]
    rows, columns = int(height * (1 - share) / 2), int(width * (1 - share) / 2)
    return np.ascontiguousarray(rgb[rows : height - rows, columns : width - columns])


def context_of(image: DecodedImage, evidence: PictureEvidence) -> QueryContext:
    """What the fusion is told about a query."""
    grey = image.rgb[::2, ::2].astype(np.float32) @ np.array([0.299, 0.587, 0.114], np.float32)
    mask = evidence.mask
    inside = np.ones(grey.shape, np.bool_)
    if mask is not None and mask.is_usable:
        inside = mask.alpha[::2, ::2] >= INSIDE
    sharpness = 0.0
    if min(grey.shape) > 2:
        bends = np.abs(
            4 * grey[1:-1, 1:-1]
            - grey[:-2, 1:-1]
            - grey[2:, 1:-1]
            - grey[1:-1, :-2]
            - grey[1:-1, 2:]
        )[inside[1:-1, 1:-1]]
        if bends.size:
            # The strongest bends tell focus; a plain surface has few however sharp it is.
            sharpness = float(np.clip(np.percentile(bends, 97) / 128, 0, 1))
    values = grey[inside] if inside.any() else grey
    points = 0 if evidence.print is None else len(evidence.print)
    return QueryContext(
        mask_confidence=0.0 if mask is None else mask.confidence,
        clutter=0.0 if mask is None else mask.clutter,
        coverage=1.0 if mask is None else mask.coverage,
        sharpness=sharpness,
        key_points=min(1.0, points / MOST_KEY_POINTS),
        lightness=float(values.mean()) / 255,
        contrast=min(1.0, float(values.std()) / 100),
    )


def _fitted(drawn: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """A drawn mask at the picture's size, by nearest neighbours."""
    rows = (np.arange(height) * drawn.shape[0]) // height
    columns = (np.arange(width) * drawn.shape[1]) // width
    return np.ascontiguousarray(drawn[rows[:, np.newaxis], columns])
