"""t-SNE a few rounds at a time, through openTSNE.

van der Maaten and Hinton, "Visualizing data using t-SNE", 2008; its gradient is interpolated with
FFTs (Linderman et al. 2019) where there are many points.
"""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix
from desktop_app.domain.progress import CancelToken
from desktop_app.infra.learning.vector_neighbours import nearest

PERPLEXITY = 30
EXAGGERATED_ROUNDS, ROUNDS = 250, 750
"""As van der Maaten and Hinton, and Belkina et al. 2019."""
ROUNDS_AT_ONCE = 10
EXAGGERATION = 12
FEW = 3_000
"""Up to here forces of distant points are summed up by a tree (Barnes and Hut), which is then
quicker than the FFT."""
SEED = 20


class TsnePoints:
    """Points (n, 2) on the way to lie as ``vectors`` (n, d) do, on one thread."""

    def __init__(
        self, vectors: FloatMatrix, start: NDArray[np.floating] | None, token: CancelToken
    ) -> None:
        """From ``start`` (n, 2), or from the first two columns of ``vectors`` made small. Raises
        Cancelled."""
        # Takes a second to import, which nothing but this needs.
        from openTSNE import TSNEEmbedding  # noqa: PLC0415
        from openTSNE.affinity import PerplexityBasedNN  # noqa: PLC0415
        from openTSNE.initialization import rescale  # noqa: PLC0415
        from openTSNE.nearest_neighbors import PrecomputedNeighbors  # noqa: PLC0415

        # Found here, a block at a time, so that the search can be stopped.
        count = min(3 * PERPLEXITY, len(vectors) - 1)
        neighbours = PrecomputedNeighbors(
            *nearest(vectors, vectors, count, token, report=_nothing, but_itself=True)
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            affinities = PerplexityBasedNN(
                perplexity=count / 3, knn_index=neighbours, n_jobs=1, random_state=SEED
            )
        token.checkpoint()
        if start is None:
            start = rescale(first_two(vectors).astype(np.float64))
        self._embedding = TSNEEmbedding(
            start.astype(np.float64),
            affinities,
            negative_gradient_method="fft" if len(vectors) > FEW else "bh",
            n_jobs=1,
            random_state=SEED,
        )

    @property
    def places(self) -> NDArray[np.float32]:
        return np.asarray(self._embedding, np.float32)

    def advance(self, *, is_early: bool) -> None:
        """ROUNDS_AT_ONCE rounds; early ones draw what belongs together over long ways."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self._embedding.optimize(
                ROUNDS_AT_ONCE,
                exaggeration=EXAGGERATION if is_early else 1,
                momentum=0.5 if is_early else 0.8,
                inplace=True,
            )


def first_two(vectors: FloatMatrix) -> NDArray[np.float32]:
    """The first two columns, zeros where there are fewer."""
    found = np.zeros((len(vectors), 2), np.float32)
    columns = vectors[:, :2]
    found[:, : columns.shape[1]] = columns
    return found


def _nothing(_done: float) -> None:
    pass
