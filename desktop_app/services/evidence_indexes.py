"""The indexes that let other channels than LOOK propose candidates."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.domain.evidence_ports import PrintProposals
from desktop_app.domain.shape_ports import ShapeProposals
from desktop_app.services.copy_index import CopyIndex


@dataclass(frozen=True, slots=True, eq=False)
class EvidenceIndexes:
    """Immutable, for any thread; None where nothing of the kind is known yet."""

    print: PrintProposals | None = None
    copies: CopyIndex | None = None
    shapes: ShapeProposals | None = None
