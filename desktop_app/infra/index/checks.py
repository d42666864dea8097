"""What may enter an index. FAISS takes NaN, wrong lengths and repeated ids without a word."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix, IdArray

UNIT_TOLERANCE = 2e-3
"""How far a row's norm may be from 1; rounding to float16 takes it 5e-4 away at most."""


def require_vectors(content_ids: IdArray, vectors: FloatMatrix, dimension: int) -> None:
    """Raises ValueError unless these are distinct ids from 0 up and as many float32 unit rows of
    ``dimension`` (0: any)."""
    if content_ids.dtype != np.int64 or content_ids.ndim != 1:
        raise ValueError(f"content ids are a row of int64, not {_described(content_ids)}")
    if vectors.dtype != np.float32 or vectors.ndim != 2 or len(vectors) != len(content_ids):
        raise ValueError(
            f"{len(content_ids)} contents need as many float32 rows, not {_described(vectors)}"
        )
    if vectors.shape[1] != (dimension or vectors.shape[1]) or vectors.shape[1] == 0:
        raise ValueError(f"vectors have {vectors.shape[1]} dimensions, not {dimension}")
    ordered = np.sort(content_ids, kind="stable")
    if (ordered[:1] < 0).any() or (ordered[1:] == ordered[:-1]).any():
        raise ValueError("a content id is repeated or negative")
    if not unit_rows(vectors).all():
        raise ValueError("a vector is not a finite unit vector")


def require_query(query: NDArray[np.float32], dimension: int) -> None:
    """Raises ValueError unless this is one float32 unit vector of ``dimension`` (0: any)."""
    if query.dtype != np.float32 or query.ndim != 1:
        raise ValueError(f"a query is one float32 vector, not {_described(query)}")
    if query.size != (dimension or query.size):
        raise ValueError(f"the query has {query.size} dimensions, the index {dimension}")
    if not unit_rows(query[np.newaxis]).all():
        raise ValueError("the query is not a finite unit vector")


def require_queries(queries: FloatMatrix, dimension: int) -> None:
    """Raises ValueError unless these are float32 unit rows of ``dimension`` (0: any)."""
    if queries.dtype != np.float32 or queries.ndim != 2:
        raise ValueError(f"queries are float32 rows, not {_described(queries)}")
    if queries.shape[1] != (dimension or queries.shape[1]):
        raise ValueError(f"queries have {queries.shape[1]} dimensions, the index {dimension}")
    if not unit_rows(queries).all():
        raise ValueError("a query is not a finite unit vector")


def unit_rows(vectors: FloatMatrix) -> NDArray[np.bool_]:
    """Which rows are finite and of unit norm."""
    squares = np.einsum("ij,ij->i", vectors, vectors)
    # A comparison with NaN is false, so rows that are not finite fail too.
    claims: NDArray[np.bool_] = np.abs(squares - 1) <= 2 * UNIT_TOLERANCE
    return claims


def _described(array: NDArray[np.generic]) -> str:
    return f"{array.dtype} of shape {array.shape}"
