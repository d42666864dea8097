"""What came of learning, and comparing it: trial, hard pairs, map, two versions on one query."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from desktop_app.domain.duplicates import Verdict
from desktop_app.domain.search import QueryPicture, RecentQuery
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.learning.looking import Riddle, ShownEmbedding
from desktop_app.ui.flows.search_flow import SearchFlow
from desktop_app.ui.learning.page import LearningPage, LearnMode
from desktop_app.ui.learning.result_pane import ResultPart
from desktop_app.workers.browsing import Overview
from desktop_app.workers.learning import Learner, ShownTrial, Versions
from desktop_app.workers.session import Session

RELOAD_MS = 800
GROUPINGS = ("category", "brand")
"""Columns that come first among those the map is coloured by."""
MOST_RECENT = 12


class LearningResultFlow(QObject):
    """Fills the result and the comparison.

    Signals: ``products_wanted`` (title, product ids) to be listed; ``product_wanted`` (product
    id) whose fields are to be looked at; ``brought`` when the result asked for with
    :meth:`bring` is in front.
    """

    products_wanted = Signal(str, object)
    product_wanted = Signal(object)
    brought = Signal()

    def __init__(
        self, session: Session, searching: SearchFlow, page: LearningPage, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._searching = searching
        self._page = page
        self._learner: Learner | None = None
        self._is_read_only = self._is_front = False
        self._versions = Versions()
        self._awaited = self._bringing = ""
        self._recent: tuple[RecentQuery, ...] = ()
        self._mapped: tuple[str, str] | None = None
        self._reload = QTimer(self)
        self._reload.setSingleShot(True)
        self._reload.setInterval(RELOAD_MS)
        self._reload.timeout.connect(self._read_again)
        result, compare = page.result, page.compare
        result.part_chosen.connect(self._part_chosen)
        result.outcome.compare_wanted.connect(self._compare_shown)
        result.riddles.products_wanted.connect(self._list)
        result.riddles.product_wanted.connect(self.product_wanted)
        result.riddles.verdict_given.connect(self._decide)
        result.riddles.removal_wanted.connect(self._remove_picture)
        result.categories.products_wanted.connect(self.products_wanted)
        result.embedding.grouping_chosen.connect(self._group)
        result.embedding.product_wanted.connect(self.product_wanted)
        result.embedding.cards_wanted.connect(self._read_cards)
        page.versions.compare_wanted.connect(self._compare_with)
        page.mode_changed.connect(self._mode_changed)
        compare.asked.connect(self._compare)
        compare.product_wanted.connect(self.product_wanted)

    @property
    def version(self) -> str | None:
        """The version whose result is on view."""
        shown = self._page.result.shown
        return shown.model.version if shown is not None else None

    def attach(self, learner: Learner, *, is_read_only: bool) -> None:
        """A catalogue was opened."""
        self._learner, self._is_read_only = learner, is_read_only
        learner.trial_read.connect(self._show_trial)
        learner.embedding_read.connect(self._show_embedding)
        learner.cards_read.connect(self._page.result.embedding.take_cards)
        learner.compared.connect(self._page.compare.show_compared)
        learner.compare_failed.connect(self._page.compare.show_problem)
        if (browser := self._session.browser) is not None:
            browser.tile_read.connect(self._page.compare.set_tile)

    def detach(self) -> None:
        """It was closed."""
        self._reload.stop()
        self._learner, self._versions = None, Versions()
        self._awaited = self._bringing = ""
        self._mapped, self._recent = None, ()
        self._page.result.show_trial(None, is_active=False, is_read_only=False)
        self._page.result.embedding.forget()
        self._page.compare.set_queries(None, ())

    def set_front(self, is_front: bool) -> None:
        """Whether the page is in front."""
        self._is_front = is_front
        if is_front:
            self._offer_queries()

    def take_overview(self, overview: Overview, labels: dict[str, str]) -> None:
        """Columns to colour by, and queries to compare on."""
        names = [*GROUPINGS, *(column.name for column in overview.columns)]
        columns = [(name, labels[name]) for name in names if name in labels]
        self._page.result.embedding.set_columns(columns)
        self._recent = overview.recent_queries[:MOST_RECENT]
        if self._is_front:
            self._offer_queries()

    def take_versions(self, versions: Versions) -> None:
        """What there is now. Without anything on view the one in use, else the newest, is
        shown."""
        self._versions = versions
        shown = self._page.result.shown
        if shown is not None and versions.find(shown.model.version) is None:
            self._page.result.show_trial(None, is_active=False, is_read_only=False)
            shown = None
        newest = versions.models[-1].version if versions.models else ""
        version = shown.model.version if shown is not None else versions.active or newest
        if version and not self._awaited:
            self.show(version)

    def take_changes(self, changes: ChangeSet) -> None:
        """Something was written: hard pairs may be other ones now."""
        self._page.result.embedding.forget()
        if self.version is not None and changes.label and not self._reload.isActive():
            self._reload.start()

    def show(self, version: str) -> None:
        """Look at what came of this version."""
        self._awaited = version
        if self._learner is not None:
            self._learner.read_trial(version)

    def bring(self, version: str) -> None:
        """Look at what came of this version, in front once it was read; what is in front stays
        there until then."""
        self._bringing = version
        self.show(version)

    @Slot()
    def _read_again(self) -> None:
        self._mapped = None
        if (version := self.version) is not None:
            self.show(version)

    @Slot(object)
    def _show_trial(self, shown: ShownTrial) -> None:
        if shown.model.version != self._awaited:
            return
        self._awaited = ""
        is_active = shown.model.version == self._versions.active
        self._page.result.show_trial(shown, is_active=is_active, is_read_only=self._is_read_only)
        self._part_chosen(self._page.result.part)
        if shown.model.version == self._bringing:
            # Filled now, painted in its own turn: both at once would hold the window up.
            QTimer.singleShot(0, self, self._bring)

    @Slot()
    def _bring(self) -> None:
        if self._bringing:
            self._bringing = ""
            self._page.choose_mode(LearnMode.RESULT)
            self.brought.emit()

    # Hard pairs

    @Slot(object)
    def _list(self, product_ids: Sequence[int]) -> None:
        self.products_wanted.emit(self.tr("Hard pair"), np.array(product_ids, np.int64))

    @Slot(object, object)
    def _decide(self, riddle: Riddle, verdict: Verdict | None) -> None:
        key = riddle.key
        if self._learner is not None and key is not None:
            self._learner.decide(key, verdict, self._tell_decided)

    def _tell_decided(self) -> None:
        self._read_again()
        self._page.notice.tell(
            self.tr("Noted. Learn again to see what it is worth."),
            (self.tr("Learn again"), lambda: self._page.choose_mode(LearnMode.LEARN)),
        )

    @Slot(int)
    def _remove_picture(self, picture_id: int) -> None:
        if (keeper := self._session.keeper) is not None and picture_id:
            keeper.remove_pictures([picture_id])

    # The map

    @Slot(object)
    def _part_chosen(self, part: ResultPart) -> None:
        if part is ResultPart.MAP:
            self._group(self._page.result.embedding.column)

    @Slot(str)
    def _group(self, column: str) -> None:
        version = self.version
        if self._learner is None or version is None or self._mapped == (version, column):
            return
        self._mapped = version, column
        self._learner.read_embedding(version, column)

    @Slot(str, object)
    def _show_embedding(self, version: str, shown: ShownEmbedding | None) -> None:
        if version == self.version:
            self._page.result.embedding.show_embedding(shown)

    @Slot(object)
    def _read_cards(self, product_ids: Sequence[int]) -> None:
        if self._learner is not None:
            self._learner.read_cards(product_ids)

    # Comparing

    def _offer_queries(self) -> None:
        results = self._searching.results
        present = results.request.picture if results is not None else None
        self._page.compare.set_queries(present, self._recent)
        if present is not None and (browser := self._session.browser) is not None:
            browser.read_tile(present)

    @Slot()
    def _compare_shown(self) -> None:
        if (version := self.version) is not None:
            self._compare_with(version)

    @Slot(str)
    def _compare_with(self, version: str) -> None:
        self._page.choose_mode(LearnMode.COMPARE)
        self._page.compare.compare_with(version)

    @Slot(object)
    def _mode_changed(self, mode: LearnMode) -> None:
        if mode is LearnMode.COMPARE:
            self._offer_queries()
            self._page.compare.ask_again()

    @Slot(object, object)
    def _compare(self, picture: QueryPicture, versions: tuple[str, str]) -> None:
        if self._learner is not None:
            self._learner.compare(picture, versions)
