"""A network tuned as the service does it: tried on what was held out, kept as a version, read anew
when it is taken up, and gone back from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from desktop_app.domain.duplicates import Verdict
from desktop_app.domain.errors import ModelUnavailable, UnreadableImage, UserFacingError
from desktop_app.domain.fusion import LOOK_ALONE
from desktop_app.domain.hashing import content_hash
from desktop_app.domain.images import DecodedImage, FloatMatrix
from desktop_app.domain.learned_models import Held, LearnStep, Refusal
from desktop_app.domain.learning_ports import AdapterTeacher, Phase, TuningStep
from desktop_app.domain.masks import Masker, MaskSource, ObjectMask
from desktop_app.domain.metric_learning import (
    RECIPES,
    CurvePoint,
    Depth,
    LabelledPictures,
    Recipe,
)
from desktop_app.domain.ports import Embedder
from desktop_app.domain.products import ProductFields
from desktop_app.domain.progress import Cancelled, CancelToken
from desktop_app.domain.search import QueryPicture, SearchRequest
from desktop_app.infra.index.faiss_index import FaissIndexStore
from desktop_app.infra.metric_learning.model_files import LearnedModelFolder
from desktop_app.infra.metric_learning.tuned_models import unchanged
from desktop_app.infra.vision.decode import PillowImageReader
from desktop_app.services.evidence_indexes import EvidenceIndexes
from desktop_app.services.learning.changing_model import MAKING_INDEX, MODEL_SETTING, ModelChange
from desktop_app.services.learning.clock import TUNING
from desktop_app.services.learning.learned_search import ACTIVE_SETTING
from desktop_app.services.learning.learned_vectors import LearnedVectors
from desktop_app.services.learning.other_models import OtherModelSearch
from desktop_app.services.learning.reading_anew import read_anew
from desktop_app.services.learning.service import LearningService
from desktop_app.services.learning.tuning import FineTuning, MaskedPictures
from desktop_app.services.search import SearchService
from tests.learning.building import DIMENSION, MODEL, Shop, studio_and_shelf, unit
from tests.learning.searching import Colours, MemoryFiles
from tests.learning.test_service import FlatLayout
from tests.search.fakes import MODEL as COLOURS
from tests.search.fakes import ColourEmbedder, flat

RECIPE = next(recipe for recipe in RECIPES if recipe.name == "fine-tune")
LEFT_S = 1234.0
TUNED, TUNED_KEY = "base-shop-1", "base-shop-1@abc.p1"


class NumberedReader:
    """Gives the picture of a path: three pixels that number it. ``lost`` cannot be read."""

    def __init__(self) -> None:
        self.lost: set[str] = set()

    def decode(self, source: Path | bytes, *, max_side: int = 0) -> DecodedImage:
        assert max_side > 0
        name = Path(cast(Path, source)).stem
        if name in self.lost:
            raise UnreadableImage("It is lost.", remedy="Look for it.")
        number = int(name.removeprefix("P").split("-")[0])
        view = int(name.split("-")[1])
        rgb = np.zeros((4, 4, 3), np.uint8)
        rgb[:, :, 0], rgb[:, :, 1] = number, view
        return DecodedImage(rgb, None, 4, 4)


class ToldApart:
    """An embedder to which all pictures of a product look alike, but for its ``noise``."""

    key, dimension = TUNED_KEY, DIMENSION

    def __init__(self, noise: float) -> None:
        self._noise = noise

    def embed_stream(
        self, items: Iterator[tuple[int, NDArray[np.uint8]]]
    ) -> Iterator[tuple[int, NDArray[np.float32]]]:
        for tag, rgb in items:
            number, view = int(rgb[0, 0, 0]), int(rgb[0, 0, 1])
            own = np.random.default_rng(number).normal(size=DIMENSION)
            blur = np.random.default_rng([number, view]).normal(size=DIMENSION)
            yield tag, unit(own + self._noise * blur)


class ScriptedTuner:
    """Asks for every picture and says what a tuner says. ``base_name`` is what it expects, ''
    anything; ``on_start`` is told its folder."""

    def __init__(self, base_name: str = "base") -> None:
        self._base_name = base_name
        self.on_start: Callable[[Path], None] = lambda _folder: None
        self.told: list[tuple[LabelledPictures, LabelledPictures, Path]] = []
        self.pictures: dict[int, DecodedImage | None] = {}

    def tune(
        self,
        recipe: Recipe,
        taught: LabelledPictures,
        validation: LabelledPictures,
        picture: Callable[[int], DecodedImage | None],
        *,
        base_name: str,
        folder: Path,
        token: CancelToken,
    ) -> Iterator[TuningStep]:
        assert recipe.depth is Depth.FINE_TUNE
        assert self._base_name in {"", base_name}
        self.on_start(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.told.append((taught, validation, folder))
        self.pictures = {i: picture(i) for i in taught.content_ids.tolist()}
        n_unreadable = sum(image is None for image in self.pictures.values())
        for epoch in range(3):
            token.checkpoint()
            point = CurvePoint(epoch, float(epoch), 1.0 / (1 + epoch), 0.5)
            yield TuningStep(epoch / 3, point, True, n_unreadable=n_unreadable, left_s=LEFT_S)
        projection = unchanged(TUNED_KEY, DIMENSION)
        yield TuningStep(1.0, folder=folder, name=TUNED, projection=projection)


class HalfMasker:
    """Says that the upper half is the object."""

    version = "half"

    def mask(self, image: DecodedImage) -> ObjectMask:
        alpha = np.zeros(image.rgb.shape[:2], np.uint8)
        alpha[: len(alpha) // 2] = 255
        return ObjectMask(alpha, MaskSource.NETWORK, confidence=1.0, clutter=0.0)

    quick_mask = mask


class Bench:
    """The service on a catalogue of numbered pictures."""

    def __init__(self, shop: Shop, *, noise: float) -> None:
        self.catalogue, self.reader, self.tuner = shop.catalogue, NumberedReader(), ScriptedTuner()
        self.files = LearnedModelFolder(shop.catalogue.folder / "learned")
        self.tuning = FineTuning(
            shop.catalogue,
            MaskedPictures(shop.catalogue, cast("object", self.reader), HalfMasker),  # type: ignore[arg-type]
            self.tuner,
            lambda _name: cast(Embedder, ToldApart(noise)),
            base_name="base",
            folder=shop.catalogue.folder / "learned" / "tuning",
        )
        self.service = LearningService(
            shop.catalogue,
            lambda: cast(AdapterTeacher, None),
            self.files,
            FlatLayout(),
            base_key=MODEL,
            base_name="base",
            fusion=LOOK_ALONE,
            active=lambda: "",
            fine_tuning=lambda: self.tuning,
        )

    def learn(self, token: CancelToken | None = None) -> list[LearnStep]:
        return list(self.service.learn(RECIPE, token or CancelToken()))


def test_a_tuned_network_that_helps_is_offered_as_a_version_of_its_own_model(shop: Shop) -> None:
    shop.stock(*studio_and_shelf(48, 3))
    bench = Bench(shop, noise=0.2)
    steps = bench.learn()
    model, trial = steps[-1].model, steps[-1].trial
    assert model is not None
    assert trial is not None
    assert trial.refusal is None
    assert trial.comparisons[Held.UNSEEN].recall_gain.low > 0
    assert (model.base_key, model.base_name) == (TUNED_KEY, TUNED)
    assert [point.epoch for point in trial.curve] == [0, 1, 2]
    done = [step.progress.done for step in steps]
    assert done == sorted(done)
    assert bench.files.projection(model.version).base_key == TUNED_KEY
    told = list(dict.fromkeys(step.progress.stage for step in steps))
    assert told[1] == TUNING[Phase.EQUIPPING]
    assert told[2:4] == [TUNING[Phase.LEARNING], TUNING[Phase.CONVERTING]]
    assert {step.progress.seconds_left for step in steps} == {None, LEFT_S}
    # Learned from taught products only, with their objects marked.
    (taught, validation, _folder) = bench.tuner.told[0]
    assert not set(taught.products) & set(validation.products)
    assert len(taught) + len(validation) < 144
    image = next(iter(bench.tuner.pictures.values()))
    assert image is not None
    assert image.alpha is not None
    assert image.alpha.mean() == 127.5
    # There is nothing to go on from once it was kept.
    assert not bench.service.has_begun(RECIPE)


def test_a_tuned_network_that_does_not_help_is_refused(shop: Shop) -> None:
    shop.stock(*studio_and_shelf(48, 3))
    *_, last = Bench(shop, noise=30.0).learn()
    assert last.trial is not None
    assert last.trial.refusal in {Refusal.NO_BETTER, Refusal.WORSE_ELSEWHERE}
    assert last.model is not None
    assert not last.model.is_offered


def test_cancelled_it_is_gone_on_with_unless_it_is_to_begin_anew(shop: Shop) -> None:
    shop.stock(*studio_and_shelf(24, 2))
    bench, token = Bench(shop, noise=0.2), CancelToken()
    with pytest.raises(Cancelled):
        for step in bench.service.learn(RECIPE, token):
            if step.point is not None:
                token.cancel()
    assert bench.service.has_begun(RECIPE)
    assert not bench.files.cards()
    bench.service.forget_tuning(RECIPE)
    assert not bench.service.has_begun(RECIPE)


def test_it_goes_on_with_the_columns_it_was_begun_with(shop: Shop) -> None:
    for product_id in shop.stock(*studio_and_shelf(48, 2)):
        fields = {"brand": f"B{product_id % 3}", "category": f"C{product_id % 4}"}
        shop.catalogue.products.update_fields([product_id], fields)
    bench = Bench(shop, noise=0.2)
    recipe = next(each for each in RECIPES if each.name == "fine-tune-granularity")

    def begin(*columns: str) -> tuple[str, ...]:
        token = CancelToken()
        with pytest.raises(Cancelled):
            for step in bench.service.learn(replace(recipe, attributes=columns), token):
                if step.point is not None:
                    token.cancel()
        taught, _validation, _folder = bench.tuner.told[-1]
        return taught.attributes.columns

    assert begin("brand") == ("brand",)
    assert begin("brand", "category") == ("brand",)
    bench.service.forget_tuning(recipe)
    assert begin("brand", "category") == ("brand", "category")


def test_pictures_that_cannot_be_read_are_left_out_of_the_trial(shop: Shop) -> None:
    shop.stock(*studio_and_shelf(48, 3))
    bench = Bench(shop, noise=0.2)
    bench.reader.lost = {f"P{number}-0" for number in range(0, 48, 4)}
    steps = bench.learn()
    assert steps[-1].trial is not None
    assert steps[-1].trial.refusal is None
    assert max(step.progress.failed for step in steps) == 12
    layout = bench.service.layout("1")
    assert layout is not None
    assert len(layout.content_ids) == 144 - 12


def test_what_is_added_meanwhile_does_not_cost_a_run_what_it_learned(shop: Shop) -> None:
    products, vectors = studio_and_shelf(26, 2)
    shop.stock(products[:48], vectors[:48])
    bench = Bench(shop, noise=0.2)

    def begin() -> None:
        token = CancelToken()
        with pytest.raises(Cancelled):
            for step in bench.service.learn(RECIPE, token):
                if step.point is not None:
                    token.cancel()

    def same() -> bool:
        return all(
            np.array_equal(getattr(one, name), getattr(other, name))
            for one, other in zip(bench.tuner.told[-2][:2], bench.tuner.told[-1][:2], strict=True)
            for name in ("content_ids", "products", "groups", "different", "vectors")
        )

    begin()
    shop.stock(products[48:], vectors[48:])
    shop.say(1, 2, Verdict.DIFFERENT)
    begin()
    assert same()
    # A product that is gone is another matter.
    shop.catalogue.products.remove([int(bench.tuner.told[-1][0].products[0])])
    begin()
    assert not same()
    begin()
    assert same()
    (plan,) = bench.tuning.place(RECIPE).glob("plan.npz")
    plan.write_bytes(plan.read_bytes()[:100])
    begin()
    assert same()


def test_where_nothing_can_tune_it_is_told(shop: Shop) -> None:
    shop.stock(*studio_and_shelf(24, 2))
    service = LearningService(
        shop.catalogue,
        lambda: cast(AdapterTeacher, None),
        LearnedModelFolder(shop.catalogue.folder / "learned"),
        FlatLayout(),
        base_key=MODEL,
        base_name="base",
        fusion=LOOK_ALONE,
        active=lambda: "",
    )
    with pytest.raises(UserFacingError, match="cannot be learned here"):
        list(service.learn(RECIPE, CancelToken()))


@pytest.fixture
def colours(shop: Shop, tmp_path: Path) -> Colours:
    made = Colours(shop.catalogue, tmp_path, MemoryFiles())
    for number in range(5):
        colours = [flat(40 * number, 10 + 10 * view, 200, width=16, height=16) for view in (0, 1)]
        files = [tmp_path / f"A{number}-{view}.png" for view in (0, 1)]
        for path, rgb in zip(files, colours, strict=True):
            Image.fromarray(rgb).save(path)
        made.catalogue.products.add(ProductFields(f"A{number}"), [(path, "") for path in files])
        waiting = made.catalogue.pictures.pending()
        for picture, path, rgb in zip(waiting, files, colours, strict=True):
            made.read(picture.id, content_hash(path.read_bytes()), rgb)
    return made


class Negative(ColourEmbedder):
    """Sees everything the other way round."""

    def embed(self, images: Sequence[NDArray[np.uint8]]) -> FloatMatrix:
        return -super().embed(images)


def test_pictures_are_read_anew_beside_the_vectors_that_are_searched(
    colours: Colours,
) -> None:
    catalogue, token = colours.catalogue, CancelToken()
    before = catalogue.vectors.fingerprint(COLOURS)
    (colours.folder / "A0-0.png").unlink()
    made: list[Negative] = []

    def provide() -> Embedder:
        made.append(Negative(TUNED_KEY))
        return made[-1]

    def run() -> list[float]:
        steps = read_anew(
            catalogue, PillowImageReader(), provide, model_key=TUNED_KEY, token=token, threads=1
        )
        return [step.progress.fraction or 0.0 for step in steps]

    assert run()[-1] == 1.0
    assert catalogue.vectors.models() == {COLOURS: 10, TUNED_KEY: 9}
    assert catalogue.vectors.fingerprint(COLOURS) == before
    assert catalogue.pictures.counts().ready == 10
    # What was read is not read again.
    run()
    assert len(made[0].embedded) == 9
    assert sum(len(one.embedded) for one in made[1:]) == 0


def test_cancelled_reading_anew_goes_on_where_it_was(
    colours: Colours, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktop_app.services.indexing_batches.MAX_PICTURES", 3)
    token, embedder = CancelToken(), Negative(TUNED_KEY)
    with pytest.raises(Cancelled):
        for _step in read_anew(
            colours.catalogue,
            PillowImageReader(),
            lambda: embedder,
            model_key=TUNED_KEY,
            token=token,
            threads=1,
        ):
            token.cancel()
    kept = colours.catalogue.vectors.models()[TUNED_KEY]
    assert 0 < kept < 10
    for _step in read_anew(
        colours.catalogue,
        PillowImageReader(),
        lambda: embedder,
        model_key=TUNED_KEY,
        token=CancelToken(),
        threads=1,
    ):
        pass
    assert colours.catalogue.vectors.models()[TUNED_KEY] == 10


def test_a_version_of_a_tuned_model_changes_the_model_and_going_back_changes_it_again(
    colours: Colours,
) -> None:
    catalogue = colours.catalogue
    projection = unchanged(TUNED_KEY, 4)
    colours.files.put("1", projection)
    model, tensors = colours.files.held["1"]
    colours.files.held["1"] = (replace(model, base_name=TUNED, recipe=RECIPE), tensors)
    keys = {"colours": COLOURS, TUNED: TUNED_KEY}
    indexes = catalogue.folder / "index"

    def change(name: str) -> ModelChange:
        return ModelChange(
            catalogue,
            PillowImageReader(),
            cast(LearnedModelFolder, colours.files),
            index=FaissIndexStore(indexes),
            learned=FaissIndexStore(indexes / "learned"),
            model_name=name,
            key_of=keys.__getitem__,
            embedder=lambda wanted: Negative(keys[wanted]),
            threads=1,
        )

    here = change("colours")
    assert here.model_for("") == "colours"
    assert here.model_for("1") == TUNED
    list(here.prepare("1", CancelToken()))
    saved = catalogue.saved
    assert (saved.setting(MODEL_SETTING), saved.setting(ACTIVE_SETTING)) == (TUNED, "1")
    assert catalogue.vectors.models() == {COLOURS: 10, TUNED_KEY: 10}
    # Nothing is missing when it is opened with the new model.
    ready = FaissIndexStore(indexes)
    assert ready.open(catalogue.vectors, TUNED_KEY).size == 10
    assert not ready.last_problem
    beside = FaissIndexStore(indexes / "learned")
    vectors = LearnedVectors(catalogue.vectors)
    vectors.know(projection)
    assert beside.open(vectors, projection.key).size == 10
    assert not beside.last_problem
    # Open with it, one goes back to the model before; its vectors are there still.
    there = change(TUNED)
    assert there.model_for("1") == TUNED
    assert there.model_for("") == "colours"
    assert {step.progress.stage for step in there.prepare("", CancelToken())} == {MAKING_INDEX}
    assert (saved.setting(MODEL_SETTING), saved.setting(ACTIVE_SETTING)) == ("colours", "")
    # A model of the same name with other weights is another model.
    keys[TUNED] = "other"
    with pytest.raises(ModelUnavailable, match="not the one"):
        list(change("colours").prepare("1", CancelToken()))
    with pytest.raises(ModelUnavailable, match="no version"):
        here.model_for("9")


def test_another_model_is_compared_on_the_same_query(colours: Colours) -> None:
    catalogue, made = colours.catalogue, []

    def make(name: str) -> SearchService:
        made.append(name)
        return SearchService(catalogue, PillowImageReader(), lambda: Negative(TUNED_KEY))

    index = FaissIndexStore(catalogue.folder / "other", read_only=True)
    other = OtherModelSearch(catalogue, make, index, fusion=LOOK_ALONE)

    def search() -> list[int]:
        found = other.search(
            SearchRequest(QueryPicture("q", rgb=flat(80, 10, 200))),
            CancelToken(),
            model=(TUNED, TUNED_KEY),
            version=None,
            content_map=catalogue.pictures.content_map(),
            evidence=EvidenceIndexes(),
        )
        assert found.model_key == TUNED_KEY
        return [hit.product_id for hit in found.hits]

    with pytest.raises(ModelUnavailable, match="No picture was read"):
        search()
    embedder = Negative(TUNED_KEY)
    for _step in read_anew(
        catalogue,
        PillowImageReader(),
        lambda: embedder,
        model_key=TUNED_KEY,
        token=CancelToken(),
        threads=1,
    ):
        pass
    third = catalogue.products.find_by_sku("A2")
    assert third is not None
    assert search()[0] == third.id
    assert search()[0] == third.id
    assert made == [TUNED]
    assert not (catalogue.folder / "other").exists()


def test_a_picture_without_a_file_is_none(shop: Shop) -> None:
    shop.stock(*studio_and_shelf(2, 2))
    reader = NumberedReader()
    pictures = MaskedPictures(shop.catalogue, cast("object", reader), lambda: cast(Masker, None))  # type: ignore[arg-type]
    (content_id, *_others) = shop.contents(shop.catalogue.products.find_by_sku("P0").id)  # type: ignore[union-attr]
    assert pictures.plain(content_id) is not None
    reader.lost = {"P0-0"}
    assert pictures(content_id) is None
