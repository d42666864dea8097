"""Measuring how well duplicates are told from lookalikes, on pairs with known answers."""

from __future__ import annotations

import csv
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from desktop_app.domain.duplicate_ports import ComparedPicture, PairJudge
from desktop_app.domain.duplicates import PairJudgement
from desktop_app.domain.errors import UnreadableTable, UserFacingError
from desktop_app.domain.imports import ImportRequest, SourceKind
from desktop_app.domain.pair_metrics import PairScores, score_pairs
from desktop_app.domain.products import ProductFields
from desktop_app.domain.progress import CancelToken
from desktop_app.services.evaluate import Unreadable
from desktop_app.services.evaluation_gallery import MeasuredWorkspace

POSITIVE = "same_picture"
COLUMNS = ("path_a", "path_b", "label")
PRODUCTS_PER_BATCH = 500
ONE_FILE = PairJudgement(1.0)
"""What is thought of two pictures of one content."""

Provider = Callable[[Sequence[int]], Sequence[ComparedPicture]]


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two pictures and what is known of them; the paths are absolute."""

    path_a: Path
    path_b: Path
    label: str


@dataclass(frozen=True, slots=True)
class PairsReport:
    """What was measured. ``mean_variant`` holds for each label the mean chance that its pairs
    are versions of one model. ``left_out`` counts pairs with a picture that cannot be read."""

    scores: PairScores
    n_pairs: int
    n_positive: int
    mean_variant: Mapping[str, float]
    ms_per_pair: float
    judge_version: str
    left_out: int
    unreadable: tuple[Unreadable, ...]

    def to_json(self) -> dict[str, Any]:
        """A JSON-ready form, the scores at its top level."""
        return {
            **asdict(self.scores),
            "n_pairs": self.n_pairs,
            "n_positive": self.n_positive,
            "mean_variant": dict(self.mean_variant),
            "ms_per_pair": self.ms_per_pair,
            "judge": self.judge_version,
            "left_out": self.left_out,
            "unreadable": [asdict(picture) for picture in self.unreadable],
        }


def read_pairs(path: Path, root: Path) -> tuple[LabelledPair, ...]:
    """The pairs of a UTF-8 CSV with the columns path_a, path_b and label; paths are relative to
    ``root``. Raises UnreadableTable."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            lacking = set(COLUMNS) - set(reader.fieldnames or ())
            if lacking:
                raise UnreadableTable(
                    f"The list of pairs {path.name} has no column {sorted(lacking)[0]}.",
                    remedy="Its first line must name the columns: path_a, path_b, label.",
                )
            base = root.resolve()
            return tuple(
                LabelledPair(
                    base / row["path_a"].strip(),
                    base / row["path_b"].strip(),
                    (row["label"] or "").strip(),
                )
                for row in reader
                if row.get("path_a") and row.get("path_b")
            )
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableTable(
            f"The list of pairs {path.name} cannot be read.",
            remedy="It must be a CSV file in UTF-8 with the columns path_a, path_b and label.",
            details=str(error),
        ) from error


def evaluate_pairs(
    pairs: Sequence[LabelledPair],
    workspace: MeasuredWorkspace,
    judge: PairJudge,
    compared: Provider,
    *,
    threshold: float,
    token: CancelToken,
    positive: str = POSITIVE,
) -> PairsReport:
    """Read the pictures into ``workspace`` (empty) as any catalogue is, and judge every pair
    from what it then holds; ``compared`` gives contents as judging sees them.

    A pair is positive where its label is ``positive``. Pictures that cannot be read are listed
    and their pairs left out. Raises Cancelled, and UserFacingError where nothing is left to
    measure.
    """
    contents, problems = _read(pairs, workspace, token)
    rows = [row for row, pair in enumerate(pairs) if {pair.path_a, pair.path_b} <= contents.keys()]
    is_positive = np.array([pairs[row].label == positive for row in rows], np.bool_)
    if not is_positive.any():
        labels = ", ".join(sorted({pair.label for pair in pairs})) or "none"
        raise UserFacingError(
            f"There is nothing to measure: no pair that can be read is labelled {positive}.",
            remedy=f"Choose another label with --positive; there are: {labels}.",
        )
    by_first = defaultdict(list)
    for place, row in enumerate(rows):
        by_first[contents[pairs[row].path_a]].append(place)
    judged = [ONE_FILE] * len(rows)
    begun = time.perf_counter()
    for content_id, places in by_first.items():
        token.checkpoint()
        others = [contents[pairs[rows[place]].path_b] for place in places]
        told = [place for place, other in zip(places, others, strict=True) if other != content_id]
        ids = [other for other in others if other != content_id]
        one, *rest = compared([content_id, *ids])
        for place, judgement in zip(told, judge.judge(one, rest), strict=True):
            judged[place] = judgement
    seconds = time.perf_counter() - begun
    by_label = defaultdict(list)
    for place, row in enumerate(rows):
        by_label[pairs[row].label].append(judged[place].variant)
    return PairsReport(
        scores=score_pairs(
            np.array([judgement.same for judgement in judged]), is_positive, threshold=threshold
        ),
        n_pairs=len(rows),
        n_positive=int(is_positive.sum()),
        mean_variant={label: float(np.mean(values)) for label, values in by_label.items()},
        ms_per_pair=seconds * 1e3 / len(rows),
        judge_version=judge.version,
        left_out=len(pairs) - len(rows),
        unreadable=tuple(Unreadable(path, reason) for path, reason in problems.items()),
    )


def _read(
    pairs: Sequence[LabelledPair], workspace: MeasuredWorkspace, token: CancelToken
) -> tuple[dict[Path, int], dict[str, str]]:
    """The content of each picture that could be read, and what was wrong with the others."""
    paths = sorted({path for pair in pairs for path in (pair.path_a, pair.path_b)})
    catalogue = workspace.catalogue
    source = catalogue.imports.remember_source(ImportRequest(SourceKind.FILES, tuple(paths[:1])))
    for start in range(0, len(paths), PRODUCTS_PER_BATCH):
        catalogue.imports.write_products(
            source,
            [
                (ProductFields(f"{start + place:08}"), [(path, "", 0, 0)])
                for place, path in enumerate(paths[start : start + PRODUCTS_PER_BATCH])
            ],
        )
    for _step in workspace.index(token):
        token.checkpoint()
    workspace.publish_contents()
    for _step in workspace.enrich(token):
        token.checkpoint()
    problems = {p.path: p.problem for p in catalogue.pictures.problems(limit=10**6)}
    by_sku = catalogue.products.ids_by_sku()
    shown = catalogue.pictures.content_map()
    content_of = dict(zip(shown.product_ids.tolist(), shown.content_ids.tolist(), strict=True))
    contents = {}
    for place, path in enumerate(paths):
        content_id = content_of.get(by_sku[f"{place:08}"])
        if content_id is None:
            problems.setdefault(str(path), "The file is not there.")
        elif str(path) not in problems:
            contents[path] = content_id
    return contents, problems
