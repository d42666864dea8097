"""The map of a trial: pictures where they lay before learning, and where after."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix
from desktop_app.domain.learned_models import EmbeddingMap
from desktop_app.domain.learning_ports import EmbeddingLayout
from desktop_app.domain.metric_learning import LabelledPictures
from desktop_app.domain.progress import CancelToken

MOST_SHOWN = 3_000
"""Of more pictures a sample is laid out, product by product."""
_REACH = 0.995
"""The share of all places that lies within the plane; those beyond are put on its edge."""


def shown_rows(
    pictures: LabelledPictures, *, most: int = MOST_SHOWN, seed: int = 0
) -> NDArray[np.intp]:
    """Rising. Products with several pictures come first, for it is these that learning moves
    together."""
    if len(pictures) <= most:
        return np.arange(len(pictures))
    numbers, places, counts = np.unique(pictures.products, return_inverse=True, return_counts=True)
    turn = np.random.default_rng(seed).permutation(len(numbers))[places]
    order = np.lexsort((pictures.content_ids, turn, counts[places] == 1))
    return np.sort(order[:most])


def embedding_map(
    layout: EmbeddingLayout,
    pictures: LabelledPictures,
    after: FloatMatrix,
    token: CancelToken,
    *,
    most: int = MOST_SHOWN,
) -> EmbeddingMap:
    """``after`` (n, k) are the learned vectors of ``pictures``. Raises Cancelled."""
    rows = shown_rows(pictures, most=most)
    before, moved = layout.lay_out(pictures.vectors[rows], after[rows], token)
    both = np.concatenate([before, moved])
    centre = np.median(both, axis=0)
    reach = max(float(np.quantile(np.abs(both - centre), _REACH)), 1e-9)
    before, moved = (
        ((places - centre) / reach).clip(-1, 1).astype(np.float32) for places in (before, moved)
    )
    return EmbeddingMap(pictures.content_ids[rows], before, moved)
