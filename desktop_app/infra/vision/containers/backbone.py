"""The shipped network as it looks at grey views: what it sees above, in the middle and below."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from desktop_app.domain.containers import GreyVector
from desktop_app.domain.images import FloatMatrix
from desktop_app.domain.model_cards import ModelCard, Pooling

FEATURES, BANDS = 1280, 3


def in_bands(card: ModelCard) -> ModelCard:
    """The card by which the weights of the shipped network are read for grey views: without its
    projection, pooled over thirds of the height, since where a neck sits tells a container."""
    return replace(
        card,
        name=f"{card.name}-bands",
        pooling=Pooling.SQRT_BANDS,
        projected=False,
        dimension=FEATURES * BANDS,
    )


def pooled(features: FloatMatrix) -> GreyVector:
    """(FEATURES,) of unit length: what average pooling of the whole view would have given, from
    the (BANDS * FEATURES,) of its thirds, which are roots of means."""
    bands = features.reshape(BANDS, -1)
    whole = np.sqrt((bands * bands).mean(axis=0))
    return np.asarray(whole / max(float(np.linalg.norm(whole)), 1e-12), np.float32)
