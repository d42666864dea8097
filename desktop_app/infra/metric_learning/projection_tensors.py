"""The tensors of a projection, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.learned_models import Projection

Tensors = dict[str, NDArray[np.float32]]
MOST_FEATURES = 65_536


def tensors_of(projection: Projection) -> Tensors:
    """See :func:`projection_from`."""
    return {
        "linear": np.ascontiguousarray(projection.linear),
        "hidden": np.ascontiguousarray(projection.hidden),
        "hidden_bias": np.ascontiguousarray(projection.hidden_bias),
        "output": np.ascontiguousarray(projection.output),
    }


def projection_from(tensors: Mapping[str, NDArray[Any]], base_key: str) -> Projection:
    """Raises KeyError where one is missing, and ValueError where they are not finite float32 of
    shapes that belong together."""
    linear, hidden = tensors["linear"], tensors["hidden"]
    bias, output = tensors["hidden_bias"], tensors["output"]
    if linear.ndim != 2 or hidden.ndim != 2 or 0 in linear.shape:
        raise ValueError("not the matrices of a projection")
    (dimension, features), width = linear.shape, len(hidden)
    if max(dimension, features, width) > MOST_FEATURES:
        raise ValueError("too large for a projection")
    shapes = ((width, features), (width,), (dimension, width))
    if (hidden.shape, bias.shape, output.shape) != shapes:
        raise ValueError("matrices that do not belong together")
    whole: Tensors = {}
    for name, tensor in (
        ("linear", linear),
        ("hidden", hidden),
        ("hidden_bias", bias),
        ("output", output),
    ):
        if tensor.dtype != np.float32 or not np.isfinite(tensor).all():
            raise ValueError(f"{name} is not of finite float32")
        whole[name] = tensor
    return Projection.of(base_key, **whole)
