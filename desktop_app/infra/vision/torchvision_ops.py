"""Lets torchvision be imported beside a torch its compiled extension was not built for."""

from __future__ import annotations

from typing import Any

_SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)

_declared: list[object] = []
"""Keeps the declaring library alive: torch withdraws the operators when it is collected."""


def make_torchvision_importable() -> None:
    """Import torchvision, after declaring its two operators where its extension cannot load.

    The registry's torchvision is built against CUDA; with a CPU build of torch the import
    fails with "operator torchvision::nms does not exist", although models and transforms need
    neither operator. Must run before timm is imported, which imports torchvision.
    """
    import torch  # noqa: PLC0415 - slow, and never wanted by those who only search

    try:
        import torchvision  # noqa: PLC0415
    except RuntimeError as error:
        if "torchvision::" not in str(error):
            raise
        library: Any = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]
        for schema in _SCHEMAS:
            library.define(schema)
        _declared.append(library)
        import torchvision  # noqa: F401, PLC0415
