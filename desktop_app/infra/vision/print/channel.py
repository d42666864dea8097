"""The channel PRINT: finds key points, keeps them small, and tells whether two pictures show
the same print. Implements PrintChannel; one instance serves any number of threads."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.evidence import Channel, SegmentedPicture
from desktop_app.domain.print_features import PrintFeatures, PrintMatch
from desktop_app.infra.vision.print import codec
from desktop_app.infra.vision.print.agreement import FIGURES, Agreement, covered, scores, seen_of
from desktop_app.infra.vision.print.codebook import PrintCodebook, load_codebook
from desktop_app.infra.vision.print.key_points import find_key_points
from desktop_app.infra.vision.print.matching import Pairs, pairs_of
from desktop_app.infra.vision.print.placing import PlacedPairs, Placing, best_placing, mapped
from desktop_app.infra.vision.print.rootsift import mirrored as mirrored_descriptors

METHOD = 1
"""Raised whenever the same picture would give other key points than before."""
FEWEST_TO_COMPARE = 12
"""With fewer key points in either picture print has nothing to say."""
SCORE_FILE = "score.json"
"""Beside the tables: how figures of agreement make a score."""


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    """Two pictures, what agrees between them, and where."""

    pairs: Pairs
    placing: Placing | None
    agreement: Agreement


class PrintReader:
    """See the module."""

    def __init__(self, codebook: PrintCodebook, weights: Sequence[float]) -> None:
        """``weights`` go with the FIGURES of ``agreement``."""
        self.codebook = codebook
        self._weights = tuple(weights)

    @classmethod
    def shipped(cls, folder: Path) -> PrintReader:
        """With the tables and weights in ``folder``. Raises ModelUnavailable."""
        return cls(load_codebook(folder), _read_weights(folder / SCORE_FILE))

    @property
    def channel(self) -> Channel:
        return Channel.PRINT

    @property
    def version(self) -> str:
        return f"print{METHOD}.{codec.FORMAT}@{self.codebook.version}"

    def describe(self, picture: SegmentedPicture) -> PrintFeatures | None:
        """With ``descriptors``, as a query needs them. None without a single key point."""
        rgb = picture.image.rgb
        found = find_key_points(rgb, picture.mask)
        if not len(found):
            return None
        rotated = self.codebook.rotated(found.descriptors)
        height, width = rgb.shape[:2]
        return PrintFeatures(
            found.points,
            found.scales,
            found.angles,
            self.codebook.encode(rotated),
            width,
            height,
            rotated,
        )

    def pack(self, features: PrintFeatures) -> bytes:
        return codec.pack(features, self.codebook.version)

    def unpack(self, data: bytes) -> PrintFeatures:
        return codec.unpack(data, self.codebook.version)

    def compare(self, query: PrintFeatures, others: Sequence[PrintFeatures]) -> NDArray[np.float32]:
        """The chance that both show one print, judged by key points alone; NaN where either has
        too few of them. A mirrored print is another print."""
        found = np.full(len(others), np.nan, np.float32)
        if len(query) < FEWEST_TO_COMPARE:
            return found
        rows = [row for row, hit in enumerate(others) if len(hit) >= FEWEST_TO_COMPARE]
        compared = self._compared(query, [others[row] for row in rows])
        found[rows] = scores([each.agreement for each in compared], self._weights)
        return found

    def match(
        self, query: PrintFeatures, hit: PrintFeatures, *, mirrored: bool = False
    ) -> PrintMatch | None:
        """The points that agree, with ``mirrored`` those of the query mirrored left to right;
        None where no view explains at least four."""
        [compared] = self._compared(self.mirrored(query) if mirrored else query, [hit])
        if compared.placing is None:
            return None
        agreement = compared.agreement
        query_rows = compared.pairs.query_rows[compared.placing.inliers]
        hit_rows = compared.pairs.hit_rows[compared.placing.inliers]
        return PrintMatch(
            query.points[query_rows],
            hit.points[hit_rows],
            compared.placing.homography,
            float(scores([agreement], self._weights)[0]),
            query_rows,
            hit_rows,
            agreement.query_share,
            agreement.hit_share,
            agreement.coverage,
            mirrored,
        )

    def agreements(self, query: PrintFeatures, others: Sequence[PrintFeatures]) -> list[Agreement]:
        """What the scores are made of."""
        return [each.agreement for each in self._compared(query, others)]

    def mirrored(self, features: PrintFeatures) -> PrintFeatures:
        """Those of the picture mirrored left to right, to be compared with others; the codes are
        left as they were, since looking up new ones takes as long as comparing."""
        rotated = self._descriptors(features)
        swapped = self.codebook.rotated(mirrored_descriptors(self.codebook.unrotated(rotated)))
        points = features.points.copy()
        points[:, 0] = 1 - points[:, 0]
        return replace(
            features,
            points=points,
            angles=((np.pi - features.angles) % (2 * np.pi)).astype(np.float32),
            descriptors=swapped,
        )

    def _descriptors(self, features: PrintFeatures) -> NDArray[np.float32]:
        if features.descriptors is not None:
            return features.descriptors
        return self.codebook.decode(features.codes)

    def _compared(self, query: PrintFeatures, others: Sequence[PrintFeatures]) -> list[_Compared]:
        every = pairs_of(
            self._descriptors(query), [self.codebook.decode(hit.codes) for hit in others]
        )
        return [_compared(query, hit, pairs) for hit, pairs in zip(others, every, strict=True)]


def _read_weights(path: Path) -> tuple[float, ...]:
    try:
        read = json.loads(path.read_text("utf-8"))
        if read["figures"] != list(FIGURES):
            raise ValueError(f"weights of {read['figures']}")
        return tuple(float(weight) for weight in read["weights"])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelUnavailable(
            "The tables for print on packs cannot be read.",
            remedy="They came with the application: install it again.",
            details=f"{path}: {error}",
        ) from error


def _compared(query: PrintFeatures, hit: PrintFeatures, pairs: Pairs) -> _Compared:
    query_places, hit_places = _complex(query), _complex(hit)
    extent = _extent(hit_places)
    q, h = pairs.query_rows, pairs.hit_rows
    placing = best_placing(
        PlacedPairs(
            query_places[q],
            hit_places[h],
            np.log(hit.scales[h].astype(np.float64) / query.scales[q]),
            hit.angles[h].astype(np.float64) - query.angles[q],
            extent,
        )
    )
    distinct = float((1 - pairs.ratios).sum())
    if placing is None:
        return _Compared(pairs, None, Agreement(len(pairs), distinct=distinct))
    agreeing = hit_places[h[placing.inliers]]
    count = len(np.unique(h[placing.inliers]))
    back: NDArray[np.float64] = np.linalg.inv(placing.homography).astype(np.float64)
    back /= back[2, 2] if abs(back[2, 2]) > 1e-12 else 1.0
    visible = hit_places[seen_of(mapped(back, hit_places), query.width, query.height)]
    corner = hit_places.real.min() + 1j * hit_places.imag.min()
    box = hit_places.real.max() - corner.real, hit_places.imag.max() - corner.imag
    expected = seen_of(mapped(placing.homography, query_places) - corner, *box)
    agreement = Agreement(
        len(pairs),
        count,
        min(1.0, count / max(1, int(expected.sum()))),
        min(1.0, count / max(1, len(visible))),
        covered(visible, agreeing, extent),
        distinct,
    )
    return _Compared(pairs, placing, agreement)


def _complex(features: PrintFeatures) -> NDArray[np.complex128]:
    pixels = features.pixels.astype(np.float64)
    return pixels[:, 0] + 1j * pixels[:, 1]


def _extent(places: NDArray[np.complex128]) -> float:
    """The longer side of the box around them, at least a pixel."""
    if not len(places):
        return 1.0
    return float(max(np.ptp(places.real), np.ptp(places.imag), 1.0))
