"""The window: rail, catalogue pane, results, query or product pane, status line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QMimeData, QSize, Qt, Signal, Slot
from PySide6.QtGui import QAction, QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QMainWindow

from desktop_app.capture.camera_feed import CameraFeed
from desktop_app.capture.cameras import CameraDirectory
from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.evidence import WeightPreset
from desktop_app.domain.images import IdArray
from desktop_app.domain.search import SearchResults
from desktop_app.settings import Settings
from desktop_app.ui.capture.page import CapturePage
from desktop_app.ui.catalogue_pane import CataloguePane
from desktop_app.ui.drag_and_drop import DragWatcher, DropPlace, can_take
from desktop_app.ui.duplicates.page import DuplicatesPage
from desktop_app.ui.evidence_panel import EvidencePanel
from desktop_app.ui.flows.browse_flow import BrowseFlow
from desktop_app.ui.flows.capture_flow import CaptureFlow
from desktop_app.ui.flows.catalogue_flow import CatalogueFlow
from desktop_app.ui.flows.comparison_flow import ComparisonFlow
from desktop_app.ui.flows.duplicates_flow import DuplicatesFlow
from desktop_app.ui.flows.edit_flow import EditFlow
from desktop_app.ui.flows.evidence_flow import EvidenceFlow
from desktop_app.ui.flows.exchange_flow import ExchangeFlow
from desktop_app.ui.flows.import_flow import ImportFlow
from desktop_app.ui.flows.learning_flow import LearningFlow
from desktop_app.ui.flows.model_flow import ModelFlow, ModelShelf
from desktop_app.ui.flows.panes import Panes
from desktop_app.ui.flows.ranking_flow import RankingFlow
from desktop_app.ui.flows.refine_flow import RefineFlow
from desktop_app.ui.flows.resolve_flow import ResolveFlow, options_kept
from desktop_app.ui.flows.scorecard_flow import EvaluateList, ScorecardFlow
from desktop_app.ui.flows.search_flow import SearchFlow
from desktop_app.ui.flows.shape_map_flow import ShapeMapFlow
from desktop_app.ui.flows.shapes_flow import ShapesFlow
from desktop_app.ui.flows.work_flow import WorkFlow
from desktop_app.ui.learning.expected_time import expected_s
from desktop_app.ui.learning.page import LearningPage
from desktop_app.ui.product_inspector import ProductInspector
from desktop_app.ui.query_pane import QueryPane
from desktop_app.ui.rail import Rail, Workspaces
from desktop_app.ui.results_pane import ResultsPane
from desktop_app.ui.shape_map.pane import ShapeMapPane
from desktop_app.ui.shapes.page import ShapesMode, ShapesPage
from desktop_app.ui.shortcuts_dialog import ShortcutsDialog
from desktop_app.ui.status_line import StatusLine
from desktop_app.ui.theme import Theme
from desktop_app.ui.window_actions import WindowActions, shortcut_groups
from desktop_app.ui.window_layout import WindowLayout
from desktop_app.workers.frame_watching import MakeEyes
from desktop_app.workers.resolving import PlanOptions
from desktop_app.workers.session import Session
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

MINIMUM = QSize(900, 600)


class MainWindow(QMainWindow):
    """Composes panes and flows.

    ``shelf`` gives the models, asked in a lane; ``make_cameras`` the cameras, asked when one
    is first wanted; ``make_eyes`` what looks at their frames, asked in a thread of its own;
    ``evaluate_list`` measures a list of pictures, in a lane.
    Signals: ``settings_changed`` (Settings), ``demo_answered`` (SearchResults) at every
    finished search, ``problem_shown`` (UserFacingError).
    """

    settings_changed = Signal(object)
    demo_answered = Signal(object)
    problem_shown = Signal(object)
    _crashed = Signal(object)

    def __init__(
        self,
        theme: Theme,
        session: Session,
        settings: Settings,
        *,
        shelf: Callable[[], ModelShelf],
        make_cameras: Callable[[], CameraDirectory],
        make_eyes: MakeEyes,
        evaluate_list: EvaluateList,
        demo_source: Path,
        demo_folder: Path,
        first_folder: Path,
        geometry_file: Path,
    ) -> None:
        super().__init__()
        self._session = session
        self._settings = settings
        self._is_search_stale = False
        self.setWindowTitle("Twinshelf")
        self.setMinimumSize(MINIMUM)
        self.setAcceptDrops(True)

        self.thumbnails = ThumbnailLoader(self._fetch_thumbnail, parent=self)
        self.feed = CameraFeed(make_cameras, parent=self)
        self.feed.remember(settings.cameras)
        self.rail = Rail(theme)
        self.catalogue = CataloguePane(theme)
        self.results = ResultsPane(theme, self.thumbnails)
        self.query = QueryPane(theme, self.feed)
        self.inspector = ProductInspector()
        self.evidence = EvidencePanel(theme)
        self.status = StatusLine(theme)
        self.duplicates = DuplicatesPage(theme, self.thumbnails)
        self.shapes = ShapesPage(theme, self.thumbnails)
        self.capture = CapturePage(theme, self.thumbnails, self.feed, settings)
        self.learn = LearningPage(theme, self.thumbnails, expected_s=expected_s)
        self.shape_map = ShapeMapPane(theme, self.thumbnails)
        self.shapes.add_map(self.shape_map)
        self.arrangement = WindowLayout(
            self,
            rail=self.rail,
            catalogue=self.catalogue,
            results=self.results,
            duplicates=self.duplicates,
            shapes=self.shapes,
            capture=self.capture,
            learning=self.learn,
            query=self.query,
            inspector=self.inspector,
            evidence=self.evidence,
            status=self.status,
            geometry_file=geometry_file,
        )
        self.commands = WindowActions(self, theme, self.catalogue.header)
        panes = Panes(
            window=self,
            theme=theme,
            thumbnails=self.thumbnails,
            catalogue=self.catalogue,
            results=self.results,
            query=self.query,
            inspector=self.inspector,
            status=self.status,
            show_problem=self.show_problem,
        )
        self.browsing = BrowseFlow(session, panes, self)
        self.searching = SearchFlow(session, panes, self.browsing, settings, self)
        self.refining = RefineFlow(
            session,
            panes,
            self.browsing,
            self.searching,
            presets=settings.weight_presets,
            parent=self,
        )
        self.explaining = EvidenceFlow(session, panes, self.searching, self.evidence, self)
        self.ranking = RankingFlow(session, self.searching, settings, self)
        self.measuring = ScorecardFlow(
            session,
            panes,
            self.browsing,
            self.searching,
            evaluate_list=evaluate_list,
            parent=self,
        )
        self.reviewing = DuplicatesFlow(session, self.browsing, self.duplicates, self)
        self.shaping = ShapesFlow(session, panes, self.browsing, self.shapes, self)
        self.capturing = CaptureFlow(
            session,
            panes,
            self.browsing,
            self.capture,
            self.feed,
            make_eyes=make_eyes,
            settings=settings,
            parent=self,
        )
        self.mapping = ShapeMapFlow(session, self.browsing, self.shape_map, self)
        self.learning = LearningFlow(session, panes, self.searching, self.learn, self)
        self.resolving = ResolveFlow(session, panes, settings, self)
        self.exchanging = ExchangeFlow(session, panes, self.duplicates, self.reviewing, self)
        self.comparing = ComparisonFlow(session, panes, self.browsing, self)
        self.editing = EditFlow(session, panes, self)
        self.importing = ImportFlow(session, panes, self)
        self.working = WorkFlow(session, panes, self.browsing, settings, self)
        self.models = ModelFlow(session, panes, shelf, self)
        self.catalogues = CatalogueFlow(
            session,
            panes,
            self.importing,
            self.searching,
            settings,
            demo_source=demo_source,
            demo_folder=demo_folder,
            first_folder=first_folder,
            parent=self,
        )
        self._connect()
        self.arrangement.restore()
        self.commands.show_why.setChecked(self.arrangement.side.is_why_wanted)
        self.results.set_catalogue_empty(True)
        self.results.views.setFocus()

    # For the application

    def open_catalogue(self, folder: Path, *, quiet: bool = False) -> None:
        """Open the catalogue in a folder; ``quiet`` for the last one at start."""
        self.catalogues.open(folder, quiet=quiet)

    def open_demo(self) -> None:
        """Open the demo catalogue with a search."""
        self.catalogues.open_demo()

    @Slot(object)
    def show_problem(self, error: UserFacingError) -> None:
        """Tell what happened and what to do, above the list in front."""
        if self.rail.current is Workspaces.DUPLICATES:
            self.duplicates.problem.show_error(error)
        elif self.rail.current is Workspaces.SHAPES:
            self.shapes.problem.show_error(error)
        elif self.rail.current is Workspaces.CAPTURE:
            self.capture.problem.show_error(error)
        elif self.rail.current is Workspaces.LEARN:
            self.learn.problem.show_error(error)
        else:
            self.results.show_problem(error)
        self.problem_shown.emit(error)

    @Slot(str)
    def activate(self, folder: str) -> None:
        """Another start asked for this window, perhaps with a catalogue."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.raise_()
        self.activateWindow()
        if folder:
            self.open_catalogue(Path(folder))

    def report_crash(self, error: BaseException) -> None:
        """Tell of a defect nobody caught; from any thread."""
        self._crashed.emit(error)

    def describe_results(self, results: SearchResults, count: int) -> list[str]:
        """The query and its best products as lines of text."""
        lines = [self.tr("Query: {}").format(results.request.picture.label)]
        for rank, hit in enumerate(results.hits[:count], 1):
            card = self.results.model.known_card(hit.product_id)
            words = f"{card.sku}  {card.title}" if card is not None else str(hit.product_id)
            lines.append(f"{rank}. {hit.score:.3f}  {words}".rstrip())
        return lines

    def close_down(self) -> None:
        """Stop camera, dialogs and thumbnails before the session ends; saves the geometry."""
        self.arrangement.save()
        self.query.close_down()
        self.comparing.close_down()
        self.feed.close()
        self.capturing.close_down()
        self.thumbnails.close()

    # Wiring

    def _connect(self) -> None:
        commands = self.commands
        commands.undo.triggered.connect(self._undo)
        self.refining.undo_changed.connect(commands.offer_undo_first)
        self.refining.presets_changed.connect(self._presets_changed)
        commands.redo.triggered.connect(self.editing.redo)
        commands.add_product.triggered.connect(self.editing.add_product)
        commands.merge.triggered.connect(self.editing.merge_selected)
        commands.export.triggered.connect(self.editing.export_listed)
        commands.open_demo.triggered.connect(self.catalogues.open_demo)
        commands.import_folder.triggered.connect(self.importing.choose_folder)
        commands.import_table.triggered.connect(self.importing.choose_table)
        commands.rescan.triggered.connect(self.importing.rescan_all)
        commands.enrich.triggered.connect(self.working.enrich)
        commands.preferences.triggered.connect(self._show_preferences)
        commands.shortcuts.triggered.connect(self._show_shortcuts)
        commands.quit.triggered.connect(self.close)
        commands.show_catalogue.toggled.connect(self._fold)
        commands.show_side.toggled.connect(self._show_side)
        commands.show_why.toggled.connect(self._show_why)
        self.arrangement.side.why_changed.connect(commands.show_why.setChecked)
        self.explaining.active_changed.connect(self._evidence_changed)
        commands.scorecard.triggered.connect(self.measuring.show)
        self.measuring.products_wanted.connect(self._show_products)
        self.measuring.learning_wanted.connect(self._show_learning)
        commands.learn_catalogue.triggered.connect(self._show_learning)
        self.learning.products_wanted.connect(self._list_products)
        self.learning.product_wanted.connect(self.measuring.open_product)
        self.learning.failed.connect(self.show_problem)
        self.learning.search_changed.connect(self._search_changed)
        self.learn.categories_wanted.connect(self.measuring.show_categories)
        self.learn.duplicates_wanted.connect(self._show_duplicates)
        self.learn.import_wanted.connect(self.importing.choose_folder)
        self.browsing.overview_shown.connect(self.learning.take_overview)
        commands.workspaces.triggered.connect(self._bring)
        self.capturing.settings_changed.connect(self._take_settings)
        self.capturing.products_wanted.connect(self._list_products)
        self.capturing.room_changed.connect(self._fold)
        self.reviewing.products_wanted.connect(self._list_products)
        self.reviewing.merge_wanted.connect(self.resolving.show_for)
        self.shaping.shapes_wanted.connect(self._show_shapes)
        self.shaping.products_wanted.connect(self._list_products)
        self.shapes.mode_changed.connect(self._shapes_mode_changed)
        self.mapping.products_wanted.connect(self._list_products)
        self.mapping.failed.connect(self.show_problem)
        self.shape_map.outline_wanted.connect(self.shaping.ask_by_content)
        self.shape_map.drawing_wanted.connect(self.shaping.ask_by_outline)
        self.shapes.describe_wanted.connect(self.working.enrich)
        self.working.can_enrich.connect(self.shapes.set_can_describe)
        self.duplicates.find_bar.resolve_wanted.connect(self.resolving.show)
        self.resolving.options_chosen.connect(self._plan_options_chosen)
        commands.compare_list.triggered.connect(self.comparing.show)
        self.comparing.products_wanted.connect(self._list_products)
        self.rail.workspace_chosen.connect(self.show_workspace)
        self.rail.preferences_wanted.connect(self._show_preferences)
        self.rail.help_wanted.connect(self._show_shortcuts)
        self.searching.search_wanted.connect(self._show_search)
        self.searching.outdated.connect(self._search_changed)
        self.searching.answered.connect(self.demo_answered)
        self.searching.limit_chosen.connect(self._limit_chosen)
        self.editing.edit_wanted.connect(self._edit_field)
        self.catalogues.recents_changed.connect(self._take_recents)
        self.models.settings_changed.connect(self._take_settings)
        self.browsing.overview_shown.connect(self.catalogues.show_overview)
        self.browsing.overview_shown.connect(self.models.take_overview)
        self.browsing.overview_shown.connect(commands.show_overview)
        self.working.can_enrich.connect(commands.offer_to_enrich)
        self._session.closed.connect(commands.show_nothing_open)
        self._crashed.connect(self._show_crash)
        self.feed.remembered_changed.connect(self._cameras_changed)
        drags = DragWatcher(self)
        drags.entered.connect(self._drag_entered)
        drags.left.connect(self._drag_left)

    @Slot(object)
    def show_workspace(self, workspace: Workspaces) -> None:
        """Bring one of the workspaces to the front."""
        self.rail.choose(workspace)
        is_products = workspace is Workspaces.PRODUCTS
        is_duplicates = workspace is Workspaces.DUPLICATES
        is_shapes = workspace is Workspaces.SHAPES
        self._fold()
        self.reviewing.set_front(is_duplicates)
        self.shaping.set_front(is_shapes)
        self.mapping.set_front(is_shapes and self.shapes.mode is ShapesMode.MAP)
        self.learning.set_front(workspace is Workspaces.LEARN)
        if is_duplicates:
            self.duplicates.groups.view.setFocus()
        elif is_shapes:
            self.shapes.focus()
        elif workspace is Workspaces.CAPTURE:
            self.capture.focus()
        elif workspace is Workspaces.LEARN:
            self.learn.focus()
        elif is_products and self.searching.results is not None:
            self.browsing.list_products()
        elif not is_products and (found := self.searching.results) is not None:
            self.searching.show_again(found)
        if workspace is Workspaces.SEARCH and self._is_search_stale:
            self._is_search_stale = False
            self.searching.refresh()

    @Slot()
    def _search_changed(self) -> None:
        """Results in view are asked for anew, others once they come into view."""
        self._is_search_stale = self.rail.current is not Workspaces.SEARCH
        if not self._is_search_stale:
            self.searching.refresh()

    @Slot()
    def _show_search(self) -> None:
        if self.rail.current is not Workspaces.SEARCH:
            self.show_workspace(Workspaces.SEARCH)

    @Slot()
    def _show_products(self) -> None:
        self.show_workspace(Workspaces.PRODUCTS)

    @Slot()
    def _show_learning(self) -> None:
        self.show_workspace(Workspaces.LEARN)
        self.raise_()
        self.activateWindow()

    @Slot()
    def _show_duplicates(self) -> None:
        self.show_workspace(Workspaces.DUPLICATES)

    @Slot()
    def _show_shapes(self) -> None:
        if self.rail.current is not Workspaces.SHAPES:
            self.show_workspace(Workspaces.SHAPES)

    @Slot(QAction)
    def _bring(self, action: QAction) -> None:
        self.show_workspace(action.data())

    @Slot(object)
    def _shapes_mode_changed(self, mode: ShapesMode) -> None:
        is_front = self.rail.current is Workspaces.SHAPES and mode is ShapesMode.MAP
        self.mapping.set_front(is_front)
        if is_front:
            found = self.shaping.results
            self.mapping.mark(found.request.shape if found is not None else None)

    @Slot(str, object)
    def _list_products(self, title: str, product_ids: IdArray) -> None:
        self.show_workspace(Workspaces.PRODUCTS)
        self.browsing.show_only(title, product_ids)

    @Slot(str)
    def _edit_field(self, name: str) -> None:
        self.rail.choose(Workspaces.PRODUCTS)
        self._fold()
        self.commands.show_side.setChecked(True)
        self.inspector.focus_field(name)

    @Slot(bool)
    def _show_side(self, _shown: bool) -> None:
        self._fold()

    @Slot(bool)
    def _show_why(self, shown: bool) -> None:
        if shown:
            self.commands.show_side.setChecked(True)
        self.arrangement.side.want_why(shown)
        self._fold()

    @Slot()
    def _evidence_changed(self) -> None:
        self._fold()

    @Slot()
    def _fold(self) -> None:
        is_roomy = self.rail.current is Workspaces.CAPTURE and self.capturing.wants_room
        self.catalogue.setVisible(self.commands.show_catalogue.isChecked() and not is_roomy)
        self.arrangement.fold(
            self.rail.current,
            has_evidence=self.explaining.is_active,
            wants_side=self.commands.show_side.isChecked(),
        )

    # Preferences

    @Slot()
    def _show_preferences(self) -> None:
        self.models.show(self._settings)

    @Slot()
    def _show_shortcuts(self) -> None:
        groups = shortcut_groups(
            self,
            self.commands,
            self.query.all_actions(),
            self.results,
            duplicates=self.duplicates,
            station=self.capture.bar,
        )
        ShortcutsDialog(groups, self).open()

    @Slot()
    def _undo(self) -> None:
        is_elsewhere = self.rail.current in (Workspaces.DUPLICATES, Workspaces.CAPTURE)
        if is_elsewhere or not self.refining.undo():
            self.editing.undo()

    @Slot(object)
    def _presets_changed(self, presets: tuple[WeightPreset, ...]) -> None:
        self._take_settings(replace(self._settings, weight_presets=presets))

    @Slot(object)
    def _plan_options_chosen(self, options: PlanOptions) -> None:
        self._take_settings(options_kept(self._settings, options))

    @Slot(int)
    def _limit_chosen(self, limit: int) -> None:
        self._take_settings(replace(self._settings, result_limit=limit))

    @Slot()
    def _cameras_changed(self) -> None:
        self._take_settings(replace(self._settings, cameras=self.feed.remembered))

    @Slot(object)
    def _take_recents(self, settings: Settings) -> None:
        recents = settings.recent_catalogues
        self._take_settings(replace(self._settings, recent_catalogues=recents))

    @Slot(object)
    def _take_settings(self, settings: Settings) -> None:
        self._settings = settings
        self.searching.use_settings(settings)
        self.catalogues.use_settings(settings)
        self.working.use_settings(settings)
        self.ranking.use_settings(settings)
        self.capturing.use_settings(settings)
        self.settings_changed.emit(settings)

    # Events of the window

    @Slot(object)
    def _drag_entered(self, mime: QMimeData) -> None:
        self.query.set_drag_active(can_take(mime, DropPlace.QUERY))
        self.catalogue.set_drag_active(can_take(mime, DropPlace.CATALOGUE))

    @Slot()
    def _drag_left(self) -> None:
        self.query.set_drag_active(False)
        self.catalogue.set_drag_active(False)

    @Slot(object)
    def _show_crash(self, error: BaseException) -> None:
        self.show_problem(
            UserFacingError(
                self.tr("Something went wrong inside Twinshelf."),
                remedy=self.tr("What was saved is safe. The log file tells more."),
                details=repr(error),
            )
        )

    def _fetch_thumbnail(self, content_hash: str) -> bytes | None:
        """In a thread of the thumbnail pool."""
        workspace = self._session.workspace
        if workspace is None:
            return None
        try:
            return workspace.catalogue.pictures.thumbnail(content_hash)
        except UserFacingError:
            # The catalogue is being closed.
            return None

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def closeEvent(self, event: QCloseEvent) -> None:
        self.arrangement.save()
        super().closeEvent(event)
