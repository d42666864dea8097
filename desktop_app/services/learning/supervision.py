"""What a catalogue tells of its products: which pictures show one, and which do not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.duplicates import StoredVerdict, Verdict
from desktop_app.domain.images import FloatMatrix, IdArray
from desktop_app.domain.metric_learning import LabelledPictures
from desktop_app.domain.ports import Catalogue, VectorStore
from desktop_app.domain.progress import CancelToken
from desktop_app.services.learning.attributes import attribute_labels
from desktop_app.services.learning.joining import Joined

MOST_PICTURES = 50_000
"""Of more a sample is learned from: with 512 dimensions these take 100 MB."""
LEAST_SINGLES = 0.2
"""The share of a sample that single pictures get where there are so many: they are never right,
but whatever is learned must not draw them near."""
MOST_SHOWING = 50
"""A picture that more products show than this says nothing of them, such as one that stands for
a picture that is missing."""
FETCHED_AT_ONCE = 2048


@dataclass(frozen=True, slots=True, eq=False)
class Supervision:
    """What there is to learn from. ``shown_by`` (n,) is the product that shows each of
    ``pictures``, whose number may be that of another it is the same as. ``n_same`` and
    ``n_different`` count the pairs of products that verdicts speak of."""

    pictures: LabelledPictures
    shown_by: IdArray
    n_same: int
    n_different: int


@dataclass(frozen=True, slots=True, eq=False)
class KnownProducts:
    """Which contents show which product, as aligned rows (n,) by rising content, each once.

    ``products`` are joined by what a person called the same, ``groups`` by that and by whatever
    ties them; ``shown_by`` are the catalogue's own. Contents that several products show are
    not here, and of copies that one product has only one is. ``different`` (m, 2) are pairs
    of joined products.
    """

    content_ids: IdArray
    shown_by: IdArray
    products: IdArray
    groups: IdArray
    different: NDArray[np.int64]
    n_same: int

    def only(self, rows: NDArray[np.intp]) -> KnownProducts:
        return KnownProducts(
            self.content_ids[rows],
            self.shown_by[rows],
            self.products[rows],
            self.groups[rows],
            self.different,
            self.n_same,
        )


def supervise(
    catalogue: Catalogue,
    model_key: str,
    token: CancelToken,
    *,
    columns: Sequence[str] = (),
    most_pictures: int = MOST_PICTURES,
    seed: int = 0,
) -> Supervision:
    """Every picture that has a vector of the model and one product, products with a single
    picture included. Of more than ``most_pictures`` so many are drawn, always the same.
    ``columns`` are told of in the attributes; a column the catalogue lacks says nothing of any.
    Raises Cancelled."""
    known = known_products(catalogue)
    known = known.only(_sampled(known.products, most_pictures, seed))
    rows, vectors = _vectors(catalogue.vectors, model_key, known.content_ids, token)
    known = known.only(rows)
    return Supervision(
        LabelledPictures(
            known.content_ids,
            known.products,
            known.groups,
            vectors,
            attribute_labels(catalogue.products, columns, known.shown_by),
            known.different,
        ),
        known.shown_by,
        known.n_same,
        len(known.different),
    )


def known_products(catalogue: Catalogue) -> KnownProducts:
    """What the catalogue tells now, whatever vectors it holds.

    Two pictures are copies where their perceptual hashes are equal, as for the scorecard.
    Products are tied where they show one picture, or copies, or a verdict names both: what is
    learned of one of them tells of the other. The latest verdict on two products counts.
    """
    shown = catalogue.pictures.content_map()
    contents, shown_by = shown.content_ids, shown.product_ids
    verdicts = _latest(catalogue, contents, shown_by)
    same, ties = Joined(), Joined()
    for (one, other), verdict in verdicts.items():
        if verdict is Verdict.SAME:
            same.join(one, other)
    products = same.roots(shown_by)
    for one, other in verdicts:
        ties.join(same.root(one), same.root(other))
    looks = _looks(catalogue, contents)
    for names in (contents, looks):
        for one, other in _sharing(names, products):
            ties.join(one, other)
    different = {
        (same.root(one), same.root(other))
        for (one, other), verdict in verdicts.items()
        if verdict is not Verdict.SAME
    }
    rows = _distinct(contents, products, looks)
    return KnownProducts(
        contents[rows],
        shown_by[rows],
        products[rows],
        ties.roots(products[rows]),
        np.array(
            sorted({(min(pair), max(pair)) for pair in different if pair[0] != pair[1]}), np.int64
        ).reshape(-1, 2),
        sum(verdict is Verdict.SAME for verdict in verdicts.values()),
    )


def picture_counts(products: IdArray) -> NDArray[np.int64]:
    """Of each row, how many rows its product has."""
    _, places, counts = np.unique(products, return_inverse=True, return_counts=True)
    return counts[places]


def _latest(
    catalogue: Catalogue, contents: IdArray, shown_by: IdArray
) -> dict[tuple[int, int], Verdict]:
    """The latest verdict that settles two products, by their ids, the lesser first."""
    verdicts = catalogue.verdicts.all()
    if not verdicts:
        return {}
    content_of = {digest: known for known, digest in catalogue.pictures.content_hashes().items()}
    by_sku = catalogue.products.ids_by_sku()
    live = set(shown_by.tolist())

    def showing(digest: str) -> list[int]:
        content = content_of.get(digest, -1)
        begin, end = np.searchsorted(contents, [content, content + 1])
        found: list[int] = shown_by[begin:end].tolist()
        return found if len(found) <= MOST_SHOWING else []

    def meant(stored: StoredVerdict) -> Iterator[tuple[int, int]]:
        key = stored.key
        if key.hash_a == key.hash_b:
            ones, others = [by_sku.get(key.sku_a, -1)], [by_sku.get(key.sku_b, -1)]
        else:
            ones, others = showing(key.hash_a), showing(key.hash_b)
        for one in ones:
            for other in others:
                if one != other and one in live and other in live:
                    yield min(one, other), max(one, other)

    latest: dict[tuple[int, int], Verdict] = {}
    for stored in sorted(verdicts, key=lambda said: said.decided_at):
        for pair in meant(stored):
            latest[pair] = stored.verdict
    return {pair: said for pair, said in latest.items() if said is not Verdict.LATER}


def _looks(catalogue: Catalogue, contents: IdArray) -> IdArray:
    """A number for each row: equal where the perceptual hashes are, -1 where there is none."""
    hashed, hashes = catalogue.evidence.perceptual_hashes()
    if not len(hashed):
        return np.full(len(contents), -1, np.int64)
    _, numbers = np.unique(hashes, return_inverse=True)
    places = np.searchsorted(hashed, contents).clip(max=len(hashed) - 1)
    return np.where(hashed[places] == contents, numbers[places], -1).astype(np.int64)


def _sharing(names: IdArray, products: IdArray) -> Iterator[tuple[int, int]]:
    """Pairs that tie the products together of which rows have one name other than -1."""
    named, shown = np.unique(np.stack([names, products])[:, names >= 0], axis=1)
    _, starts, counts = np.unique(named, return_index=True, return_counts=True)
    for place in np.flatnonzero((counts > 1) & (counts <= MOST_SHOWING)).tolist():
        first, *others = shown[starts[place] : starts[place] + counts[place]].tolist()
        for other in others:
            yield first, other


def _distinct(contents: IdArray, products: IdArray, looks: IdArray) -> NDArray[np.intp]:
    """Rows of contents that one product shows, the first of copies."""
    pairs, first = np.unique(np.stack([contents, products]), axis=1, return_index=True)
    _, places, counts = np.unique(pairs[0], return_inverse=True, return_counts=True)
    rows = np.sort(first[counts[places] == 1])
    # What has no hash is a copy of nothing.
    names = np.where(looks[rows] < 0, -1 - rows, looks[rows])
    _, first = np.unique(np.stack([products[rows], names]), axis=1, return_index=True)
    return rows[np.sort(first)]


def _sampled(products: IdArray, most: int, seed: int) -> NDArray[np.intp]:
    """Rows, rising. Products with several pictures come first, but for LEAST_SINGLES; of each
    so many pictures as there is room for, and two at least."""
    if len(products) <= most:
        return np.arange(len(products))
    rng = np.random.default_rng(seed)
    is_single = picture_counts(products) == 1
    singles, several = np.flatnonzero(is_single), np.flatnonzero(~is_single)
    room = min(len(singles), max(most - len(several), int(LEAST_SINGLES * most)))
    kept = [rng.choice(singles, room, replace=False)]
    room = most - room
    if len(several) > room:
        shuffled = rng.permutation(several)
        order = shuffled[np.argsort(products[shuffled], kind="stable")]
        _, starts, counts = np.unique(products[order], return_index=True, return_counts=True)
        rank = np.arange(len(order)) - np.repeat(starts, counts)
        turn = np.repeat(rng.permutation(len(counts)), counts)
        # First the second picture of every product, then the third; where there is no room for
        # two of each, both of a product or none.
        level = np.maximum(rank, 1) if 2 * len(counts) <= room else rank // 2
        chosen = np.lexsort((rank, turn, level))[:room]
        if 2 * len(counts) > room:
            chosen = chosen[: room - room % 2]
        several = order[chosen]
    return np.sort(np.concatenate([*kept, several]))


def _vectors(
    store: VectorStore, model_key: str, contents: IdArray, token: CancelToken
) -> tuple[NDArray[np.intp], FloatMatrix]:
    """The rows that have a vector, and the vectors."""
    rows: list[NDArray[np.intp]] = [np.empty(0, np.intp)]
    found: list[FloatMatrix] = []
    for begin in range(0, len(contents), FETCHED_AT_ONCE):
        token.checkpoint()
        known, vectors = store.get(model_key, contents[begin : begin + FETCHED_AT_ONCE].tolist())
        usable = vectors.any(axis=1)  # a damaged vector may be stored as zeros
        if usable.any():
            rows.append(np.searchsorted(contents, known[usable]))
            found.append(vectors[usable])
    return np.concatenate(rows), np.concatenate(found) if found else np.empty((0, 0), np.float32)
