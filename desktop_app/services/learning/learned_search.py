"""Which learned model the search uses, and what it searches then."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import replace

from desktop_app.domain.errors import ModelUnavailable
from desktop_app.domain.evidence import Channel
from desktop_app.domain.fusion import Calibration, FusionModel
from desktop_app.domain.learned_models import LearnedModel
from desktop_app.domain.learning_ports import LearnedModelFiles
from desktop_app.domain.ports import Catalogue, IndexSnapshot, IndexStep, IndexStore
from desktop_app.domain.progress import CancelToken
from desktop_app.domain.storage import ContentMap
from desktop_app.services.learning.learned_index import LearnedIndex
from desktop_app.services.learning.learned_vectors import LearnedVectors
from desktop_app.services.searchable import Searchable

log = logging.getLogger(__name__)

ACTIVE_SETTING = "learned_version"
"""Of a catalogue: the version that it is searched with, '' for none."""


class LearnedSearch:
    """The version in use and its index. Belongs to the writing thread, but for
    :meth:`compared`, which belongs to the searching one, and ``active``, which may be asked from
    any.

    ``store`` keeps the indexes of learned models; ``unkept`` reads the same folder and writes
    nothing. ``fusion`` weighs what the model of ``base_key`` finds; ``replaced`` are contents
    whose vector was replaced (see IndexingService).
    """

    def __init__(
        self,
        catalogue: Catalogue,
        files: LearnedModelFiles,
        vectors: LearnedVectors,
        *,
        store: IndexStore,
        unkept: IndexStore,
        fusion: FusionModel,
        base_key: str,
        replaced: Sequence[int] = (),
    ) -> None:
        self._catalogue = catalogue
        self._files = files
        self._vectors = vectors
        self._store = store
        self._unkept = unkept
        self._fusion = fusion
        self._base_key = base_key
        self._replaced = replaced
        self._in_use: _InUse | None = None
        self._compared: _InUse | None = None
        self._last_problem = ""

    @property
    def active(self) -> str:
        """The version the search uses, '' for none: then it is the model itself."""
        in_use = self._in_use
        return "" if in_use is None else in_use.version

    @property
    def last_problem(self) -> str:
        """Why the catalogue's version was not taken up at the last :meth:`load`, or what was
        wrong with its index; '' where nothing."""
        return self._last_problem

    def load(self) -> None:
        """Take up the version that the catalogue was last searched with; without it where that
        cannot be."""
        self._last_problem, self._in_use = "", None
        version = self._catalogue.saved.setting(ACTIVE_SETTING)
        if not version:
            return
        try:
            card = self._card(version)
            if card.base_key != self._base_key:
                # A person chose another model; going back to the former brings it back.
                log.info("learned model %s is of %s", version, card.base_key)
                return
            in_use = self._opened(card, self._store)
        except ModelUnavailable as error:
            log.warning("learned model %s is not used: %s %s", version, error, error.details)
            self._last_problem = (
                f"What was learned of this catalogue (version {version}) is not used: "
                f"{error.what} The search does without it."
            )
            return
        for _step in in_use.index.opening(CancelToken()):
            pass
        self._last_problem = self._store.last_problem
        self._in_use = in_use

    def take_up(self, version: str, token: CancelToken) -> Iterator[IndexStep]:
        """Search with ``version`` from the next :meth:`searchable` on, '' for none; what was in
        use stays so until this has ended. Remembered in a catalogue that can be written.
        Raises ModelUnavailable, Cancelled, StorageFull."""
        in_use = None
        if version:
            in_use = self._opened(self._usable_card(version), self._store)
            yield from in_use.index.opening(token)
        if not self._catalogue.read_only:
            self._catalogue.saved.set_setting(ACTIVE_SETTING, version)
        self._in_use = in_use
        # Those of versions that were removed.
        self._store.keep_only({card.key for card in self._files.cards()})

    def searchable(self, base: IndexSnapshot, content_map: ContentMap) -> Searchable:
        """What is to be searched now that these were published for the model itself."""
        in_use = self._in_use
        if in_use is None:
            return Searchable(base, content_map, self._fusion)
        return in_use.searchable(base, content_map)

    def compared(
        self, version: str, base: IndexSnapshot, content_map: ContentMap, token: CancelToken
    ) -> Searchable:
        """What would be searched with ``version``, whatever is in use. Its index is made in
        memory for the first time, which takes seconds for a large catalogue, and kept until
        another version is asked for. Raises ModelUnavailable, Cancelled."""
        if not version:
            return Searchable(base, content_map, self._fusion)
        compared = self._compared
        if compared is None or compared.version != version:
            compared = self._opened(self._usable_card(version), self._unkept)
            for _step in compared.index.opening(token):
                token.checkpoint()
            self._compared = compared
        return compared.searchable(base, content_map)

    def save(self) -> None:
        """Keep the index in use where it has changed. Raises as IndexStore.save does."""
        if self._in_use is not None:
            self._in_use.index.save()

    def optimise(self, token: CancelToken) -> Iterator[IndexStep]:
        """Make searching fast where the index in use has grown large. See LearnedIndex."""
        if self._in_use is not None:
            yield from self._in_use.index.optimise(token)

    def _opened(self, card: LearnedModel, store: IndexStore) -> _InUse:
        projection = self._files.projection(card.version)
        index = LearnedIndex(self._vectors, store, projection, self._replaced)
        return _InUse(card.version, index, with_look(self._fusion, card.look))

    def _usable_card(self, version: str) -> LearnedModel:
        card = self._card(version)
        if card.base_key != self._base_key:
            raise ModelUnavailable(
                f"Version {version} was learned with another model, {card.base_name}.",
                remedy=f"Choose the model {card.base_name} for the catalogue first.",
            )
        return card

    def _card(self, version: str) -> LearnedModel:
        for card in self._files.cards():
            if card.version == version:
                return card
        raise ModelUnavailable(
            "Its files are missing or damaged.", remedy="Learn the catalogue again."
        )


class _InUse:
    """A version with its index."""

    def __init__(self, version: str, index: LearnedIndex, fusion: FusionModel) -> None:
        self.version = version
        self.index = index
        self._fusion = fusion

    def searchable(self, base: IndexSnapshot, content_map: ContentMap) -> Searchable:
        return Searchable(
            self.index.following(base), content_map, self._fusion, self.index.projection
        )


def with_look(fusion: FusionModel, look: Calibration | None) -> FusionModel:
    """``fusion`` with LOOK calibrated by ``look``; as it is where there is none, or where LOOK
    has no say."""
    if look is None or Channel.LOOK not in fusion.calibrations:
        return fusion
    return replace(fusion, calibrations={**fusion.calibrations, Channel.LOOK: look})
