"""The evaluation, with an embedder that sees only the mean colour."""

from __future__ import annotations

import csv
import itertools
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from desktop_app.domain.errors import UnreadableTable, UserFacingError
from desktop_app.domain.evidence import Channel
from desktop_app.domain.images import FloatMatrix, RgbArray
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.infra.index.faiss_index import FaissIndexStore
from desktop_app.infra.sqlite.catalogue import create_catalogue
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.services.evaluate import EvaluationReport, evaluate_manifest
from desktop_app.services.indexing import IndexingService
from desktop_app.services.search import SearchService

RED, PINK, BLUE, NAVY, GREEN, TEAL = (
    (200, 10, 10),
    (190, 60, 60),
    (10, 10, 200),
    (30, 30, 120),
    (10, 200, 10),
    (10, 200, 90),
)


class MeanColourEmbedder:
    """The Embedder port: the direction of the mean colour."""

    key = "mean-colour@0.p1"
    dimension = 3

    def embed(self, images: Sequence[RgbArray]) -> FloatMatrix:
        rows = np.array([image.mean(axis=(0, 1)) + 1 for image in images], np.float32)
        return rows.reshape(-1, 3) / np.linalg.norm(rows.reshape(-1, 3), axis=1, keepdims=True)

    def embed_stream(
        self, items: Iterable[tuple[Any, RgbArray]]
    ) -> Iterator[tuple[Any, np.ndarray]]:
        for tag, image in items:
            yield tag, self.embed([image])[0]

    def close(self) -> None:
        return


class LookWorkspace:
    """The MeasuredWorkspace protocol over a real catalogue and index, in LOOK alone."""

    def __init__(self, folder: Path) -> None:
        self.catalogue: Catalogue = create_catalogue(folder, "Measured")
        reader = PillowImageReader()
        self._indexing = IndexingService(
            self.catalogue,
            reader,
            MeanColourEmbedder,
            FaissIndexStore(folder / "index"),
            model_key=MeanColourEmbedder.key,
        )
        self.search = SearchService(self.catalogue, reader, MeanColourEmbedder)

    def index(self, token: CancelToken) -> Iterator[object]:
        yield from self._indexing.run(token)

    def enrich(self, token: CancelToken) -> Iterator[object]:
        raise AssertionError(f"look alone asks for no more: {token}")

    def publish_contents(self) -> None:
        self.search.use(*self._indexing.publish())


@pytest.fixture
def evaluate(tmp_path: Path) -> Callable[..., EvaluationReport]:
    """Writes rows of (colour or bytes, column values) as pictures and manifest; evaluates."""

    numbers = itertools.count()

    def run(
        rows: Sequence[dict[str, Any]], *, label: str = "", token: CancelToken | None = None
    ) -> EvaluationReport:
        columns = [name for name in rows[0] if name != "picture"]
        with (tmp_path / "m.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, ["path", *columns])
            writer.writeheader()
            for number, row in enumerate(rows):
                path = tmp_path / f"{number}.png"
                if isinstance(row["picture"], bytes):
                    path.write_bytes(row["picture"])
                else:
                    Image.new("RGB", (8, 8), row["picture"]).save(path)
                writer.writerow({"path": path.name} | {name: row[name] for name in columns})
        workspace = LookWorkspace(tmp_path / f"catalogue {next(numbers)}")
        try:
            return evaluate_manifest(
                tmp_path / "m.csv",
                workspace,
                channels=[Channel.LOOK],
                label=label,
                token=token or CancelToken(),
            )
        finally:
            workspace.catalogue.close()

    return run


def entry(picture: object, sku: str, role: str, **more: str) -> dict[str, Any]:
    return {"picture": picture, "sku": sku, "role": role, **more}


def test_queries_search_the_gallery(evaluate: Callable[..., EvaluationReport]) -> None:
    report = evaluate(
        [
            entry(RED, "r", "gallery"),
            entry(BLUE, "b", "gallery"),
            entry(GREEN, "g", "gallery"),
            entry(GREEN, "b", "train"),
            entry(PINK, "r", "query"),
            entry(TEAL, "b", "query"),
        ]
    )
    assert (report.n_gallery, report.n_queries, report.leave_one_out) == (3, 2, False)
    assert report.scores.recall_at_1 == 0.5
    assert report.scores.recall_at_5 == 1
    assert report.scores.map == pytest.approx((1 + 1 / 2) / 2)
    assert report.model_key == MeanColourEmbedder.key


def test_without_queries_every_picture_searches_among_the_others(
    evaluate: Callable[..., EvaluationReport],
) -> None:
    report = evaluate(
        [
            entry(RED, "r", "gallery"),
            entry(PINK, "r", "gallery"),
            entry(BLUE, "b", "gallery"),
            entry(NAVY, "b", "gallery"),
            entry(GREEN, "alone", "gallery"),
        ]
    )
    assert report.leave_one_out
    assert (report.n_gallery, report.n_queries, report.left_out) == (5, 4, 1)
    assert report.scores.recall_at_1 == 1
    assert report.scores.map == 1
    assert report.scores.precision_at_5 == pytest.approx(1 / 5)


def test_a_query_without_a_picture_of_its_product_is_left_out(
    evaluate: Callable[..., EvaluationReport],
) -> None:
    report = evaluate(
        [
            entry(RED, "r", "gallery"),
            entry(PINK, "r", "query"),
            entry(GREEN, "unknown", "query"),
        ]
    )
    assert (report.n_queries, report.left_out) == (1, 1)


def test_another_column_can_be_the_label(evaluate: Callable[..., EvaluationReport]) -> None:
    rows = [
        entry(RED, "1", "gallery", hue="warm"),
        entry(BLUE, "2", "gallery", hue="cold"),
        entry(GREEN, "3", "gallery", hue=""),
        entry(PINK, "4", "query", hue="warm"),
        entry(NAVY, "5", "query", hue="cold"),
        entry(GREEN, "6", "query", hue=""),
    ]
    report = evaluate(rows, label="hue")
    assert (report.n_queries, report.left_out) == (2, 1)
    assert report.scores.recall_at_1 == 1
    with pytest.raises(UserFacingError, match="nothing to measure"):
        evaluate(rows)


def test_a_manifest_of_labels_alone_is_scored_leave_one_out(
    evaluate: Callable[..., EvaluationReport],
) -> None:
    rows = [
        {"picture": colour, "shape": shape}
        for colour, shape in ((RED, "jar"), (PINK, "jar"), (BLUE, "tube"), (NAVY, "tube"))
    ]
    report = evaluate(rows, label="shape")
    assert report.leave_one_out
    assert report.scores.macro_map == 1
    with pytest.raises(UnreadableTable, match="lacks the column sku") as raised:
        evaluate(rows)
    assert "--label" in raised.value.remedy


def test_unreadable_pictures_are_listed_and_the_rest_is_measured(
    evaluate: Callable[..., EvaluationReport],
) -> None:
    report = evaluate(
        [
            entry(b"not a picture", "r", "gallery"),
            entry(RED, "r", "gallery"),
            entry(b"not a picture", "b", "gallery"),
            entry(PINK, "r", "query"),
            entry(BLUE, "b", "query"),
            entry(b"", "r", "query"),
        ]
    )
    assert (report.n_gallery, report.n_queries, report.left_out) == (1, 1, 1)
    assert [Path(picture.path).name for picture in report.unreadable] == [
        "0.png",
        "2.png",
        "5.png",
    ]
    assert all(picture.reason for picture in report.unreadable)


def test_nothing_readable_is_told(evaluate: Callable[..., EvaluationReport]) -> None:
    with pytest.raises(UserFacingError, match="nothing to measure"):
        evaluate([entry(b"", "r", "gallery"), entry(RED, "r", "query")])


def test_the_report_is_json_with_the_promised_names(
    evaluate: Callable[..., EvaluationReport],
) -> None:
    report = evaluate([entry(RED, "r", "gallery"), entry(PINK, "r", "query")])
    written = json.loads(json.dumps(report.to_json()))
    figures = {
        *("recall_at_1", "recall_at_5", "recall_at_10", "precision_at_5", "precision_at_10"),
        *("map", "macro_map", "macro_precision_at_5"),
    }
    timing = {"n_queries", "n_gallery", "ms_per_query_p50", "ms_per_query_p95"}
    assert figures | timing | {"channels", "unreadable", "model_key"} <= written.keys()
    assert written["channels"]["look"].keys() == figures
    assert 0 < written["ms_per_query_p50"] <= written["ms_per_query_p95"]


def test_a_cancelled_evaluation_stops(evaluate: Callable[..., EvaluationReport]) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        evaluate([entry(RED, "r", "gallery"), entry(PINK, "r", "query")], token=token)
