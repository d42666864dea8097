"""What is searched, as one value that changes hands at once."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.domain.fusion import FusionModel
from desktop_app.domain.learned_models import Projection
from desktop_app.domain.ports import IndexSnapshot
from desktop_app.domain.storage import ContentMap


@dataclass(frozen=True, slots=True, eq=False)
class Searchable:
    """An index, the products that show its contents, and what its similarities are worth.

    ``projection`` is what a learned model makes of vectors of the model it stands on; None
    where ``snapshot`` holds those of a model that reads pictures itself. ``fusion`` has LOOK
    calibrated for the snapshot's vectors.
    """

    snapshot: IndexSnapshot
    content_map: ContentMap
    fusion: FusionModel
    projection: Projection | None = None

    def __post_init__(self) -> None:
        if self.projection is not None and self.projection.key != self.snapshot.model_key:
            raise ValueError(
                f"the index is of {self.snapshot.model_key}, not {self.projection.key}"
            )

    @property
    def base_key(self) -> str:
        """The model that pictures are read with."""
        return self.snapshot.model_key if self.projection is None else self.projection.base_key
