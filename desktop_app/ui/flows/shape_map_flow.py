"""The map of outlines: looked up, made, shown, and what is asked from it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence import ShapeFeatures
from desktop_app.domain.filters import ProductFilter
from desktop_app.domain.progress import Progress
from desktop_app.domain.shape_map import LEAST_MAPPED, ShapeMap
from desktop_app.domain.storage import ChangeSet
from desktop_app.services.shapes.map_reading import ShownMap
from desktop_app.services.shapes.mapping import MAPPING, MapState
from desktop_app.services.workspace import Workspace
from desktop_app.ui.flows.browse_flow import BrowseFlow
from desktop_app.ui.product_text import column_label, columns_by_name
from desktop_app.ui.shape_map.pane import ShapeMapPane
from desktop_app.ui.shape_map.words import MapPaneState
from desktop_app.workers.browsing import Overview
from desktop_app.workers.long_work import WorkKind, WorkStatus
from desktop_app.workers.session import Session

RELOAD_MS = 2_000
DEFAULT_COLUMN = "category"
CORE_GROUPINGS = ("category", "brand", "availability", "size")


class ShapeMapFlow(QObject):
    """Fills the pane while it is in front; nothing is loaded before it first is, and a map of
    new pictures is brought up to date by itself.

    Signals: ``products_wanted`` (title, product ids) to be listed; ``failed``
    (UserFacingError).
    """

    products_wanted = Signal(str, object)
    failed = Signal(object)

    def __init__(
        self,
        session: Session,
        browsing: BrowseFlow,
        pane: ShapeMapPane,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._browsing = browsing
        self._pane = pane
        self._is_front = False
        self._is_stale = True
        self._map: ShapeMap | None = None
        self._marked: ShapeFeatures | None = None
        self._is_changed = True
        self._is_searchable = False
        self._asked_lacking = 0
        self._reload = QTimer(self)
        self._reload.setSingleShot(True)
        self._reload.setInterval(RELOAD_MS)
        self._reload.timeout.connect(self._look)
        session.opening.connect(self._open)
        session.failed.connect(self._detach)
        session.opened.connect(self._attach)
        session.closed.connect(self._detach)
        browsing.overview_shown.connect(self._show_overview)
        browsing.filter_changed.connect(self._filter_changed)
        pane.products_wanted.connect(self.products_wanted)
        pane.map_wanted.connect(self._make)
        pane.stop_wanted.connect(self._stop)
        pane.pictures_wanted.connect(self._read_pictures)
        pane.card_wanted.connect(self._read_cards)
        pane.grouping_chosen.connect(self._group)

    @Slot(bool)
    def set_front(self, is_front: bool) -> None:
        """Whether the map is in front: what became stale meanwhile is loaded then."""
        self._is_front = is_front
        if is_front and self._is_stale:
            self._look()

    @Slot(object)
    def mark(self, shape: ShapeFeatures | None) -> None:
        """Mark where the query of the shape search would lie; None takes the mark away."""
        self._marked = shape
        mapper = self._session.mapper
        if shape is None or mapper is None or self._map is None:
            self._pane.set_marker(None)
        else:
            mapper.locate(shape)

    # The catalogue

    @Slot()
    def _open(self) -> None:
        self._pane.show_state(MapPaneState.OPENING)

    @Slot(object)
    def _attach(self, _workspace: Workspace) -> None:
        mapper, keeper = self._session.mapper, self._session.keeper
        assert mapper is not None and keeper is not None
        mapper.looked.connect(self._take_state)
        mapper.shown.connect(self._show)
        mapper.pictures_read.connect(self._pane.add_pictures)
        mapper.cards_read.connect(self._pane.take_cards)
        mapper.located.connect(self._pane.set_marker)
        mapper.failed.connect(self._show_problem)
        keeper.changed.connect(self._take_changes)
        keeper.work_changed.connect(self._show_work)
        keeper.mapped.connect(self._end)
        keeper.searchable.connect(self._begin)
        keeper.enriched.connect(self._look_again)
        self._is_stale = True
        if self._is_front:
            self._pane.show_state(MapPaneState.LOADING)

    @Slot()
    def _begin(self) -> None:
        """The indexes are loaded: before, looking would load them a second time."""
        self._is_searchable = self._is_stale = True
        self._look()

    @Slot()
    def _detach(self) -> None:
        self._reload.stop()
        self._map = self._marked = None
        self._is_stale = self._is_changed = True
        self._is_searchable = False
        self._asked_lacking = 0
        self._pane.show_progress(None)
        self._pane.show_map(None)
        self._pane.forget()
        self._pane.set_marker(None)
        self._pane.show_state(MapPaneState.NO_CATALOGUE)

    @Slot()
    def _look(self) -> None:
        mapper = self._session.mapper
        if mapper is None or not self._is_front:
            self._is_stale = True
            return
        if self._map is None:
            self._pane.show_state(self._or_making(MapPaneState.LOADING))
        self._is_stale = not self._is_searchable
        if self._is_searchable:
            mapper.look()

    @Slot(object)
    def _take_state(self, state: MapState) -> None:
        mapper, keeper = self._session.mapper, self._session.keeper
        if mapper is None or keeper is None:
            return
        if state.outlines < LEAST_MAPPED:
            none = MapPaneState.TOO_FEW if state.outlines else MapPaneState.NOT_DESCRIBED
            self._map = None
            self._pane.show_map(None)
            self._pane.show_state(none)
            return
        if state.shape_map is None:
            self._pane.show_state(self._or_making(MapPaneState.NOT_MADE))
            return
        is_new, self._map = state.shape_map is not self._map, state.shape_map
        self._pane.show_lacking(state.lacking, state.shape_map)
        if is_new or self._is_changed:
            self._is_changed = False
            mapper.show(state.shape_map, self._column, self._browsing.filter)
        # Once for what is new: a person may have stopped it.
        if state.lacking not in (0, self._asked_lacking) and not keeper.is_mapping:
            keeper.map_shapes()
        self._asked_lacking = state.lacking

    @property
    def _column(self) -> str:
        return self._pane.tools.column or DEFAULT_COLUMN

    def _or_making(self, state: MapPaneState) -> MapPaneState:
        keeper = self._session.keeper
        is_making = keeper is not None and keeper.is_mapping
        return MapPaneState.MAKING if is_making else state

    @Slot(object)
    def _show(self, shown: ShownMap) -> None:
        if self._map is not None and shown.shape_map is self._map:
            self._pane.show_map(shown)
            self._pane.show_state(MapPaneState.MAP)
            self.mark(self._marked)

    @Slot(str)
    def _group(self, _column: str) -> None:
        if (mapper := self._session.mapper) is not None and self._map is not None:
            mapper.show(self._map, self._column, self._browsing.filter)

    @Slot(object)
    def _filter_changed(self, _filter: ProductFilter) -> None:
        if self._is_front:
            self._group(self._column)
        else:
            self._is_stale = self._is_changed = True

    @Slot(object)
    def _show_overview(self, overview: Overview) -> None:
        columns = columns_by_name(overview.columns)
        names = [*CORE_GROUPINGS, *(column.name for column in overview.columns)]
        self._pane.tools.set_columns(
            [(name, column_label(columns[name])) for name in names if name in columns]
        )

    # Making

    @Slot(bool)
    def _make(self, anew: bool) -> None:
        keeper = self._session.keeper
        if keeper is None:
            return
        keeper.map_shapes(anew=anew)
        if self._map is None:
            self._pane.show_state(MapPaneState.MAKING)
        self._show_work(keeper.status)

    @Slot()
    def _stop(self) -> None:
        if (keeper := self._session.keeper) is not None:
            keeper.stop_mapping()

    @Slot(object)
    def _show_work(self, status: WorkStatus | None) -> None:
        keeper = self._session.keeper
        if keeper is None or not keeper.is_mapping:
            self._pane.show_progress(None)
        elif status is None or status.kind is WorkKind.MAP:
            self._pane.show_progress(
                status.progress if status is not None else Progress(MAPPING, 0)
            )
        else:
            waits = self.tr("The map waits until the pictures were read and looked at closely")
            self._pane.show_progress(Progress(waits, 0))

    @Slot()
    def _end(self) -> None:
        self._pane.show_progress(None)
        self._look_again(at_once=True)

    # Changes

    @Slot(object)
    def _take_changes(self, changes: ChangeSet) -> None:
        if changes == ChangeSet():
            return
        self._is_changed = True
        self._pane.forget_cards(changes.product_ids)
        self._look_again()

    @Slot()
    def _look_again(self, at_once: bool = False) -> None:
        self._is_stale = True
        if self._is_front and at_once:
            self._look()
        elif self._is_front and not self._reload.isActive():
            self._reload.start()

    @Slot(object)
    def _read_pictures(self, content_ids: Sequence[int]) -> None:
        if (mapper := self._session.mapper) is not None:
            mapper.read_pictures(content_ids)

    @Slot(object)
    def _read_cards(self, product_ids: Sequence[int]) -> None:
        if (mapper := self._session.mapper) is not None:
            mapper.read_cards(product_ids)

    @Slot(object)
    def _show_problem(self, error: UserFacingError) -> None:
        self.failed.emit(error)
