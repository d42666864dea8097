"""Before and after learning from a manifest: what is taught, what is asked, what is told."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from desktop_app import cli
from desktop_app.adapt_evaluation_command import ADAPTERS, adapter_recipe
from desktop_app.cli import make_parser
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence import Channel
from desktop_app.domain.metric_learning import LabelledPictures
from desktop_app.services.evaluate_adapted import AdaptedReport
from desktop_app.services.evaluation_lesson import FOLDS, Lesson, split_lesson
from tests.app.conftest import QuickEngines

N_PRODUCTS, N_PHOTOS, N_QUERIES = 12, 5, 1
Mosaic = NDArray[np.float64]


@pytest.fixture
def engines(tmp_path: Path) -> Iterator[QuickEngines]:
    made = QuickEngines(tmp_path / "app")
    yield made
    made.close()


@dataclass
class Market:
    """Products told by a faint mosaic before one of four loud backgrounds, which say nothing."""

    folder: Path
    rows: list[dict[str, str]]

    def write(self, roles: dict[str, str] | None = None) -> Path:
        """The manifest, in which some roles stand for others."""
        path = self.folder / "manifest.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, ["path", "sku", "role"])
            writer.writeheader()
            for row in self.rows:
                if role := (roles or {}).get(row["role"], row["role"]):
                    writer.writerow({**row, "role": role})
        return path


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Market:
    folder = tmp_path_factory.mktemp("market")
    rng = np.random.default_rng(3)
    backgrounds = rng.normal(size=(4, 8, 8, 3))
    rows = []
    for number in range(N_PRODUCTS):
        faint = rng.normal(size=(8, 8, 3))
        for role, count in (("gallery", 1), ("train", N_PHOTOS), ("query", N_QUERIES)):
            for place in range(count):
                name = f"{number}-{role}-{place}.png"
                light = rng.normal(size=4) @ backgrounds.reshape(4, -1)
                _save(folder / name, 25 * faint + 30 * light.reshape(8, 8, 3))
                rows.append({"path": name, "sku": f"P{number:02}", "role": role})
    return Market(folder, rows)


def _save(path: Path, mosaic: Mosaic) -> None:
    pixels = (127.5 + mosaic).clip(0, 255).astype(np.uint8)
    Image.fromarray(np.repeat(np.repeat(pixels, 8, 0), 8, 1)).save(path)


def adapted(engines: QuickEngines, manifest: Path, **options: Any) -> AdaptedReport:
    recipe = replace(adapter_recipe("adapter"), most_epochs=40)
    return engines.evaluate_adapted(manifest, recipe, channels=[Channel.LOOK], **options)


def test_the_command_measures_before_and_after_and_the_unseen_apart(
    engines: QuickEngines,
    market: Market,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taught: list[LabelledPictures] = []
    teacher = engines.adapter_teacher()

    class Watched:
        def teach(self, recipe: Any, pictures: LabelledPictures, *others: Any, **more: Any) -> Any:
            taught.append(pictures)
            return teacher.teach(recipe, pictures, *others, **more)

    (market.folder / "broken.png").write_bytes(b"not a picture")
    broken = [{"path": "broken.png", "sku": f"P{n:02}", "role": "train"} for n in range(N_PRODUCTS)]
    manifest = Market(market.folder, [*market.rows, *broken]).write()
    told = tmp_path / "told.json"
    monkeypatch.setitem(ADAPTERS, "adapter", replace(ADAPTERS["adapter"], most_epochs=24))
    monkeypatch.setattr(engines, "adapter_teacher", Watched)
    monkeypatch.setattr(cli, "Engines", lambda **_options: engines)
    command = ["evaluate", "--manifest", str(manifest), "--channels", "look", "--adapt"]
    assert cli.main([*command, "--adapt-unseen", "0.5", "--json", str(told)]) == 0
    printed = capsys.readouterr().out
    for words in ("before", "after", "seen products", "unseen products", "look alone"):
        assert words in printed
    written = json.loads(told.read_text("utf-8"))
    half = N_PRODUCTS // 2
    assert (written["n_products"], written["n_photos"]) == (half, half * N_PHOTOS)
    assert [written[held]["n_products"] for held in ("seen", "unseen")] == [half, half]
    assert written["before"]["n_queries"] == written["after"]["n_queries"] == N_PRODUCTS
    assert written["before"]["model_key"] != written["after"]["model_key"]
    assert [Path(each["path"]).name for each in written["before"]["unreadable"]] == ["broken.png"]
    assert written["adapter_s"] > 0
    assert next(tried["share"] for tried in written["tries"]) == 0
    first, *_, second = taught
    # The products left out are nowhere in what is learned from, their gallery pictures included.
    # Of a photo that is not cut out a search embeds two closer views as well.
    assert len(second) == half * (1 + 3 * N_PHOTOS) and len(first) < len(second)
    assert len(np.unique(second.products)) == half


def test_what_tells_products_apart_is_learned(engines: QuickEngines, market: Market) -> None:
    manifest = market.write()
    report = adapted(engines, manifest)
    plain = engines.evaluate(manifest, channels=[Channel.LOOK])
    assert report.before.scores == plain.scores
    assert report.after.scores.map > report.before.scores.map + 0.15
    assert report.unseen is None
    assert report.seen is not None and report.seen.after == report.after.scores


def test_without_photos_the_queries_of_the_others_are_learned_from(
    engines: QuickEngines, market: Market
) -> None:
    manifest = market.write({"train": "query", "query": ""})
    report = adapted(engines, manifest, unseen=0.5)
    assert report.n_photos == N_PRODUCTS // 2 * N_PHOTOS
    assert report.after.n_queries == N_PRODUCTS // 2 * N_PHOTOS
    assert report.seen is None
    with pytest.raises(UserFacingError, match="nothing to learn from"):
        adapted(engines, manifest)


def test_too_little_to_learn_from_is_told(engines: QuickEngines, market: Market) -> None:
    few = Market(market.folder, [row for row in market.rows if row["sku"] in {"P00", "P01"}])
    with pytest.raises(UserFacingError, match="too little to learn from"):
        adapted(engines, few.write())


def test_wrong_words_are_refused() -> None:
    with pytest.raises(UserFacingError, match="no recipe"):
        adapter_recipe("fine-tune")
    parser = make_parser()
    with pytest.raises(SystemExit):
        parser.parse_args(["evaluate", "--manifest", "m.csv", "--adapt-unseen", "1"])


def test_a_lesson_is_split_by_product_and_photo() -> None:
    n, photos = 20, 10
    products = np.repeat(np.arange(n), 2 * photos + 1)
    contents = np.concatenate(
        [[100 + p, *np.repeat(-1 - photos * p - np.arange(photos), 2)] for p in range(n)]
    ).astype(np.int64)
    vectors = np.ones((len(products), 1), np.float32)
    lesson = Lesson(LabelledPictures(contents, products, products, vectors), (), {})
    parts = split_lesson(lesson)
    rows = np.concatenate([parts.taught, parts.validation, parts.held])
    assert np.array_equal(np.sort(rows), np.arange(len(products)))
    looked_at = set(products[parts.validation])
    assert len(looked_at) == n // FOLDS
    assert not looked_at & set(products[parts.taught])
    assert not set(contents[parts.held]) & set(contents[parts.taught])
    assert set(products[parts.held]) == set(range(n)) - looked_at
    assert (contents[parts.held] < 0).all()
    others = [set(products[split_lesson(lesson, fold).validation]) for fold in range(FOLDS)]
    assert set.union(*others) == set(range(n)) and sum(map(len, others)) == n
    again = split_lesson(lesson)
    assert np.array_equal(again.taught, parts.taught)
