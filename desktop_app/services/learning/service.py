"""Learning a catalogue's own products: taught, tried on what was held out, kept with its trial."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.errors import CatalogueReadOnly, UserFacingError
from desktop_app.domain.fusion import FusionModel
from desktop_app.domain.learned_models import (
    EmbeddingMap,
    LearnedModel,
    LearnStep,
    Prospects,
    Trial,
)
from desktop_app.domain.learning_ports import (
    AdapterTeacher,
    EmbeddingLayout,
    LearnedModelFiles,
    TunedModelFiles,
)
from desktop_app.domain.metric_learning import CurvePoint, Depth, LabelledPictures, Recipe
from desktop_app.domain.ports import Catalogue
from desktop_app.domain.products import CORE_NAMES
from desktop_app.domain.progress import CancelToken
from desktop_app.services.learning.advising import advised_of
from desktop_app.services.learning.attributes import attribute_labels, fitting_columns
from desktop_app.services.learning.beside import Beside
from desktop_app.services.learning.calibrating import calibrated_look
from desktop_app.services.learning.category_trial import COLUMN
from desktop_app.services.learning.changing_model import FORMER_SETTING, MODEL_SETTING
from desktop_app.services.learning.clock import (
    GATHERING,
    KEEPING,
    MAPPING,
    TEACHING,
    TRYING,
    LearningClock,
)
from desktop_app.services.learning.deciding import too_few
from desktop_app.services.learning.learned_search import ACTIVE_SETTING
from desktop_app.services.learning.mapping import embedding_map
from desktop_app.services.learning.splitting import (
    Part,
    Split,
    count_of_groups,
    n_lacking,
    split_pictures,
)
from desktop_app.services.learning.supervision import (
    Supervision,
    known_products,
    picture_counts,
    supervise,
)
from desktop_app.services.learning.trying import Taught, figures_of, trial_of
from desktop_app.services.learning.tuning import FineTuning
from desktop_app.services.learning.tuning_plan import begun_recipe, kept_plan

log = logging.getLogger(__name__)

T = TypeVar("T")


class LearningService:
    """Learns one catalogue with one model and keeps what came of it.

    :meth:`learn`, :meth:`annotate`, :meth:`remove` and :meth:`import_from` belong to the writing
    thread, the others to any. ``teacher`` is asked for when there is something to teach: what it
    needs takes long to load. ``base_key`` and ``base_name`` are of the model that the catalogue
    is read with; ``active`` tells which version the search uses. ``fine_tuning`` tunes that model
    itself, and ``tuned_files`` passes on what came of it.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        teacher: Callable[[], AdapterTeacher],
        files: LearnedModelFiles,
        layout: EmbeddingLayout,
        *,
        base_key: str,
        base_name: str,
        fusion: FusionModel,
        active: Callable[[], str],
        fine_tuning: Callable[[], FineTuning] | None = None,
        tuned_files: TunedModelFiles | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._teacher = teacher
        self._files = files
        self._layout = layout
        self._base_key = base_key
        self._base_name = base_name
        self._fusion = fusion
        self._active = active
        self._fine_tuning = fine_tuning
        self._tuned_files = tuned_files

    @property
    def active(self) -> str:
        """The version that the search uses, '' for the model itself."""
        return self._active()

    def prospects(self) -> Prospects:
        """What there is to learn from now, be it read with this model already or not."""
        known = known_products(self._catalogue)
        several = picture_counts(known.products) >= 2
        fitting = fitting_columns(self._catalogue.products)
        return Prospects(
            n_products=len(np.unique(known.products[several])),
            n_pictures=int(several.sum()),
            n_same=known.n_same,
            n_different=len(known.different),
            attributes={name: len(set(of.values())) for name, of in fitting.items()},
            n_lacking=n_lacking(count_of_groups(known.products, known.groups)),
            advised=advised_of(self._catalogue.vectors, self._base_key, fitting, known),
        )

    def learn(self, recipe: Recipe, token: CancelToken) -> Iterator[LearnStep]:
        """Teach, try and keep a new version, be it offered or refused; nothing is taken up. The
        last step carries both the version and its trial, or, where there is too little to learn
        from, the trial alone, which says so. A recipe that uses columns and names none gets those
        that are advised, or all that fit where none is; one that goes on where it was stopped keeps
        those it was begun with.

        Raises Cancelled (nothing is kept then), CatalogueReadOnly, StorageFull, ModelUnavailable,
        and UserFacingError for a column that is not there.
        """
        if self._catalogue.read_only:
            raise CatalogueReadOnly(
                "This catalogue is open for reading only; nothing learned could be kept.",
                remedy="Open a copy that can be written.",
            )
        clock = LearningClock(token, is_even=recipe.depth is Depth.ADAPTER)
        yield clock.step(GATHERING, 0.0)
        recipe = self._with_columns(self._as_begun(recipe))
        supervision = yield from self._beside(
            lambda own: supervise(
                self._catalogue, self._base_key, own, columns=recipe.attributes, seed=recipe.seed
            ),
            clock,
            GATHERING,
        )
        pictures = supervision.pictures
        if (refused := too_few(count_of_groups(pictures.products, pictures.groups))) is not None:
            yield replace(clock.step(KEEPING, 1.0), trial=Trial({}, *refused))
            return
        lesson = _Lesson(recipe, supervision, split_pictures(pictures, seed=recipe.seed))
        if recipe.depth is Depth.FINE_TUNE:
            lesson, taught = yield from self._tuned(lesson, clock)
        else:
            taught = yield from self._taught(lesson, clock)
        trial, layout = yield from self._tried(lesson, taught, clock)
        model = yield from self._kept(lesson, taught, trial, layout, clock)
        self.forget_tuning(recipe)
        yield replace(clock.step(KEEPING, 1.0), model=model, trial=trial)

    def has_begun(self, recipe: Recipe) -> bool:
        """Whether learning by this recipe was stopped and goes on from there at the next call."""
        if recipe.depth is not Depth.FINE_TUNE or self._fine_tuning is None:
            return False
        return self._fine_tuning().has_begun(recipe)

    def forget_tuning(self, recipe: Recipe) -> None:
        """Let learning by this recipe begin anew. For the writing thread, as :meth:`learn`."""
        if recipe.depth is Depth.FINE_TUNE and self._fine_tuning is not None:
            self._fine_tuning().forget(recipe)

    def versions(self) -> tuple[LearnedModel, ...]:
        """By rising version."""
        return self._files.cards()

    def trial(self, version: str) -> Trial | None:
        """None where it was not kept, as with one that was imported."""
        return self._files.trial(version)

    def layout(self, version: str) -> EmbeddingMap | None:
        """None where it was not kept."""
        return self._files.layout(version)

    def annotate(self, version: str, note: str) -> LearnedModel:
        """Raises ModelUnavailable, StorageFull, CatalogueReadOnly."""
        return self._files.annotate(version, note)

    def remove(self, version: str) -> bool:
        """Delete a version, and the model that was tuned for it where nothing else of this
        catalogue stands on that; whether there was such. Raises UserFacingError where the version
        is in use."""
        if version in {self.active, self._catalogue.saved.setting(ACTIVE_SETTING)}:
            raise UserFacingError(
                f"Version {version} is in use.", remedy="Go back to another one first."
            )
        gone = next((card for card in self.versions() if card.version == version), None)
        self._files.remove(version)
        if gone is None or gone.recipe.depth is not Depth.FINE_TUNE or self._tuned_files is None:
            return False
        saved = self._catalogue.saved
        used = {self._base_name, saved.setting(MODEL_SETTING), saved.setting(FORMER_SETTING)}
        used |= {card.base_name for card in self.versions()}
        return gone.base_name not in used and self._tuned_files.discard(gone)

    def export(self, version: str, path: Path) -> None:
        """A tuned network goes with its version. Raises ModelUnavailable, StorageFull."""
        model = next((card for card in self.versions() if card.version == version), None)
        if model is None or model.recipe.depth is not Depth.FINE_TUNE or self._tuned_files is None:
            self._files.export(version, path)
        else:
            self._tuned_files.export(model, path)

    def import_from(self, path: Path) -> LearnedModel:
        """Raises ModelUnavailable where the file is no learned model."""
        found = None
        if self._tuned_files is not None and not self._catalogue.read_only:
            found = self._tuned_files.import_from(path)
        if found is None:
            return self._files.import_from(path)
        model, projection = found
        version = self._files.next_version()
        return self._files.save(replace(model, version=version, parent=""), projection)

    def _as_begun(self, recipe: Recipe) -> Recipe:
        """With the columns of the run that is gone on with: others would make it another run, and
        hours of work would be lost unasked."""
        if not self.has_begun(recipe) or self._fine_tuning is None:
            return recipe
        begun = begun_recipe(self._fine_tuning().place(recipe))
        return recipe if begun is None else replace(recipe, attributes=begun.attributes)

    def _with_columns(self, recipe: Recipe) -> Recipe:
        products = self._catalogue.products
        there = CORE_NAMES | {column.name for column in products.columns()}
        for column in recipe.attributes:
            if column not in there:
                raise UserFacingError(
                    f"The catalogue has no column {column}.",
                    remedy=f"Choose among {', '.join(sorted(there))}.",
                )
        if recipe.attribute_weight > 0 and not recipe.attributes:
            fitting = fitting_columns(products)
            known = known_products(self._catalogue)
            advised = advised_of(self._catalogue.vectors, self._base_key, fitting, known)
            return replace(recipe, attributes=advised or tuple(fitting))
        return recipe

    def _taught(self, lesson: _Lesson, clock: LearningClock) -> Generator[LearnStep, None, Taught]:
        yield clock.step(TEACHING, 0.0)
        curve: list[CurvePoint] = []
        projection = None
        for step in self._teacher().teach(
            lesson.recipe,
            lesson.pictures.only(lesson.split.rows(Part.TAUGHT)),
            lesson.pictures.only(lesson.split.rows(Part.VALIDATION)),
            base_key=self._base_key,
            token=clock.token,
        ):
            projection = step.projection
            if step.point is not None:
                curve.append(step.point)
            yield replace(clock.step(TEACHING, step.done), point=step.point)
            clock.wait()
        assert projection is not None
        after = projection(lesson.pictures.vectors)
        return Taught(projection, after, tuple(curve), curve[-1].seconds if curve else 0.0)

    def _tuned(
        self, lesson: _Lesson, clock: LearningClock
    ) -> Generator[LearnStep, None, tuple[_Lesson, Taught]]:
        """What could be read of the lesson, and what came of it. Cancelled, it goes on from its
        checkpoint the next time."""
        if self._fine_tuning is None:
            raise UserFacingError(
                f"“{lesson.recipe.title}” cannot be learned here.", remedy="Choose a quick recipe."
            )
        tuning = self._fine_tuning()
        supervision, split = kept_plan(
            tuning.place(lesson.recipe), lesson.recipe, lesson.supervision, lesson.split
        )
        lesson = replace(lesson, supervision=supervision, split=split)
        curve: list[CurvePoint] = []
        model = None
        for step in tuning.tune(
            lesson.recipe,
            lesson.pictures,
            lesson.split.rows(Part.TAUGHT),
            lesson.split.rows(Part.VALIDATION),
            clock.token,
        ):
            model = step.model
            if step.point is not None:
                curve.append(step.point)
            yield replace(clock.tuned(step), point=step.point)
            clock.wait()
        assert model is not None
        seconds = curve[-1].seconds if curve else 0.0
        taught = Taught(
            model.projection, model.after, tuple(curve), seconds, base=(model.key, model.name)
        )
        return lesson.only(model.rows), taught

    def _tried(
        self, lesson: _Lesson, taught: Taught, clock: LearningClock
    ) -> Generator[LearnStep, None, tuple[Trial, EmbeddingMap]]:
        yield clock.step(TRYING, 0.0)

        def tried(own: CancelToken) -> Trial:
            known = lesson.supervision
            categories = attribute_labels(self._catalogue.products, (COLUMN,), known.shown_by)
            return trial_of(known, lesson.split, taught, own, categories=categories)

        trial = yield from self._beside(tried, clock, TRYING)
        yield clock.step(MAPPING, 0.0)
        layout = yield from self._beside(
            lambda own: embedding_map(self._layout, lesson.pictures, taught.after, own),
            clock,
            MAPPING,
        )
        return trial, layout

    def _kept(
        self,
        lesson: _Lesson,
        taught: Taught,
        trial: Trial,
        layout: EmbeddingMap,
        clock: LearningClock,
    ) -> Generator[LearnStep, None, LearnedModel]:
        recipe, pictures, split = lesson.recipe, lesson.pictures, lesson.split
        # Nothing was learned of these but when to stop.
        held_out = np.sort(np.concatenate([split.rows(Part.TEST), split.rows(Part.VALIDATION)]))
        look = yield from self._beside(
            lambda own: calibrated_look(
                lambda _before: taught.after,
                pictures,
                held_out,
                self._fusion,
                own,
                seed=recipe.seed,
            ),
            clock,
            KEEPING,
        )
        rows = split.rows(Part.TAUGHT)
        rows = rows[picture_counts(pictures.products)[rows] >= 2]
        base_key, base_name = taught.base or (self._base_key, self._base_name)
        model = LearnedModel(
            version=self._files.next_version(),
            key=taught.projection.key,
            base_key=base_key,
            base_name=base_name,
            recipe=recipe,
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            n_products=len(np.unique(pictures.products[rows])),
            n_pictures=len(rows),
            look=look,
            parent=self.active,
            is_offered=trial.refusal is None,
            reason=trial.reason,
            figures=figures_of(trial.comparisons),
        )
        clock.token.checkpoint()
        return self._files.save(model, taught.projection, trial, layout)

    def _beside(
        self, work: Callable[[CancelToken], T], clock: LearningClock, stage: str
    ) -> Generator[LearnStep, None, T]:
        """Steps while ``work`` is done, so that other small work can go between."""
        with Beside(work, clock.token) as job:
            while not job.is_done():
                yield clock.step(stage, 0.5)
                if clock.token.is_paused:
                    with clock.work.stopped():
                        job.hold()
            return job.result()


@dataclass(frozen=True, slots=True, eq=False)
class _Lesson:
    """What is learned how."""

    recipe: Recipe
    supervision: Supervision
    split: Split

    @property
    def pictures(self) -> LabelledPictures:
        return self.supervision.pictures

    def only(self, rows: NDArray[np.intp]) -> _Lesson:
        known = self.supervision
        return replace(
            self,
            supervision=replace(
                known, pictures=known.pictures.only(rows), shown_by=known.shown_by[rows]
            ),
            split=Split(self.split.parts[rows]),
        )
