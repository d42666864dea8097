"""Which processor of this machine runs torch."""

from __future__ import annotations

import logging
from typing import Any

log = logging.getLogger(__name__)


def best_device(torch: Any = None) -> str:
    """``cuda``, ``mps`` or ``cpu``: the first of these that is there. ``torch`` is the module,
    imported where it is not given."""
    if torch is None:
        import torch  # noqa: PLC0415 - slow
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def has_quick_bf16(device: str, torch: Any = None) -> bool:
    """Whether networks run faster there in bfloat16 than in float32."""
    if torch is None:
        import torch  # noqa: PLC0415 - slow
    if device == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    if device != "cpu":
        return False
    # Without these instructions torch converts back and forth.
    try:
        return bool(torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported())
    except AttributeError:
        log.debug("torch does not tell what the processor can", exc_info=True)
        return False
