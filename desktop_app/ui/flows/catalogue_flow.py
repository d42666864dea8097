"""Which catalogue is open: new, open, recent, rename, saved filters, the demo."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.filters import ProductFilter, SavedFilter
from desktop_app.domain.search import QueryPicture
from desktop_app.services.workspace import Workspace
from desktop_app.settings import Settings
from desktop_app.ui.catalogue_header import OpenCatalogue
from desktop_app.ui.flows.import_flow import ImportFlow
from desktop_app.ui.flows.panes import Panes
from desktop_app.ui.flows.search_flow import SearchFlow
from desktop_app.workers.browsing import Overview
from desktop_app.workers.long_work import WorkKind, WorkStatus
from desktop_app.workers.session import OpenRequest, Session

DEMO_LIST = "products.csv"
DEMO_QUERIES = "queries"


class CatalogueFlow(QObject):
    """Opens and closes catalogues. ``first_folder`` is where the catalogue of those is who
    import before they made one.

    Signals: ``recents_changed`` (Settings) when the list of recent catalogues did.
    """

    recents_changed = Signal(object)

    def __init__(
        self,
        session: Session,
        panes: Panes,
        importing: ImportFlow,
        searching: SearchFlow,
        settings: Settings,
        *,
        demo_source: Path,
        demo_folder: Path,
        first_folder: Path,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._panes = panes
        self._importing = importing
        self._searching = searching
        self._settings = settings
        self._demo_source = demo_source
        self._demo_folder = demo_folder
        self._first_folder = first_folder
        self._wants_demo = False
        self._is_demo_filled = False
        self._is_quiet = False
        session.opening.connect(self._show_opening)
        session.opened.connect(self._attach)
        session.closed.connect(self._show_none)
        session.failed.connect(self._show_failure)
        pane = panes.catalogue
        pane.catalogue_chosen.connect(self.open)
        pane.new_catalogue_requested.connect(self.new)
        pane.open_catalogue_requested.connect(self.choose)
        pane.close_catalogue_requested.connect(session.close_catalogue)
        pane.reveal_requested.connect(self._reveal)
        pane.reindex_requested.connect(self._reread)
        pane.rename_requested.connect(self._rename)
        pane.save_filter_requested.connect(self._save_filter)
        pane.filter_rename_requested.connect(self._rename_filter)
        pane.filter_delete_requested.connect(self._delete_filter)
        panes.results.demo_requested.connect(self.open_demo)
        importing.catalogue_wanted.connect(self.open_first)
        self._show_recents()

    def use_settings(self, settings: Settings) -> None:
        """Settings changed elsewhere."""
        self._settings = settings

    @Slot(object)
    def open(self, folder: Path, *, quiet: bool = False) -> None:
        """Open a catalogue. ``quiet`` for the last one at start: that it is gone is no error."""
        self._is_quiet = quiet
        self._session.open(OpenRequest(Path(folder)))

    @Slot()
    def open_demo(self) -> None:
        """Open the demo catalogue, made first where there is none, and search in it."""
        self._wants_demo = True
        name = self.tr("Demo range (rendered)")
        self._session.open(OpenRequest(self._demo_folder, create=True, name=name))

    @Slot()
    def open_first(self) -> None:
        """Open the catalogue for those who begin without making one themselves."""
        name = self.tr("My catalogue")
        self._session.open(OpenRequest(self._first_folder, create=True, name=name))

    @Slot()
    def new(self) -> None:
        """Let a person choose where a new catalogue is made."""
        path, _kind = QFileDialog.getSaveFileName(
            self._panes.window,
            self.tr("New catalogue"),
            str(Path.home() / self.tr("My catalogue")),
            options=QFileDialog.Option.DontConfirmOverwrite,
        )
        if path:
            folder = Path(path)
            self._session.open(OpenRequest(folder, create=True, name=folder.name))

    @Slot()
    def choose(self) -> None:
        """Let a person choose a catalogue's folder."""
        window = self._panes.window
        if path := QFileDialog.getExistingDirectory(window, self.tr("Open a catalogue")):
            self.open(Path(path))

    @Slot(object)
    def _show_opening(self, folder: Path) -> None:
        self._panes.catalogue.header.show_opening(folder)
        self._panes.results.set_opening()
        self._panes.results.set_busy(True)

    @Slot(object)
    def _attach(self, workspace: Workspace) -> None:
        catalogue = workspace.catalogue
        self._settings = self._settings.with_recent(catalogue.folder)
        self.recents_changed.emit(self._settings)
        self._show_recents()
        self._panes.catalogue.show_catalogue(
            OpenCatalogue(catalogue.name, catalogue.folder, catalogue.read_only_reason)
        )
        if catalogue.read_only:
            self._panes.show_problem(
                UserFacingError(
                    self.tr("This catalogue is open for reading only."),
                    remedy=catalogue.read_only_reason,
                )
            )
        keeper = self._session.keeper
        assert keeper is not None
        keeper.index_problem.connect(self._panes.status.show_message)
        keeper.work_changed.connect(self._work_changed)
        keeper.imported.connect(self._demo_imported)
        keeper.idle.connect(self._idle)
        if self._wants_demo:
            self._fill_demo()

    @Slot(object)
    def show_overview(self, overview: Overview) -> None:
        """The catalogue was renamed, perhaps."""
        workspace = self._session.workspace
        if workspace is not None:
            catalogue = workspace.catalogue
            self._panes.catalogue.show_catalogue(
                OpenCatalogue(overview.name, catalogue.folder, catalogue.read_only_reason)
            )

    @Slot()
    def _show_none(self) -> None:
        self._panes.catalogue.show_catalogue(None)
        self._panes.results.set_busy(False)
        self._panes.results.set_catalogue_empty(True)

    @Slot(object, object)
    def _show_failure(self, request: OpenRequest, error: UserFacingError) -> None:
        self._wants_demo = self._is_demo_filled = False
        self._panes.catalogue.show_catalogue(None)
        self._panes.results.set_busy(False)
        self._panes.results.set_catalogue_empty(True)
        self._settings = self._settings.without_recent(request.folder)
        self.recents_changed.emit(self._settings)
        self._show_recents()
        if not self._is_quiet:
            self._panes.show_problem(error)
        self._is_quiet = False

    def _fill_demo(self) -> None:
        workspace, keeper = self._session.workspace, self._session.keeper
        assert workspace is not None and keeper is not None
        if workspace.catalogue.read_only:
            self._ask_demo_query()
            return
        # The list is taken in at every opening: what is there already is left alone.
        self._importing.import_without_asking((self._demo_source / DEMO_LIST,))

    @Slot(object)
    def _work_changed(self, status: WorkStatus | None) -> None:
        if status is not None and status.kind is WorkKind.IMPORT:
            self._panes.results.set_catalogue_empty(False)

    @Slot()
    def _demo_imported(self) -> None:
        self._is_demo_filled = self._wants_demo

    @Slot()
    def _idle(self) -> None:
        if self._is_demo_filled:
            self._ask_demo_query()
        elif not self._wants_demo:
            self._searching.refresh()

    def _ask_demo_query(self) -> None:
        self._wants_demo = self._is_demo_filled = False
        queries = sorted((self._demo_source / DEMO_QUERIES).glob("*.jpg"))
        if queries:
            self._searching.query_file(QueryPicture(queries[0].name, path=queries[0]))

    def _show_recents(self) -> None:
        folders = [Path(folder) for folder in self._settings.recent_catalogues]
        self._panes.catalogue.set_recent_catalogues(folders)

    @Slot()
    def _reveal(self) -> None:
        if (workspace := self._session.workspace) is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(workspace.catalogue.folder)))

    @Slot()
    def _reread(self) -> None:
        if (keeper := self._session.keeper) is not None:
            keeper.rescan_all()
            keeper.reread()

    @Slot(str)
    def _rename(self, name: str) -> None:
        if (keeper := self._session.keeper) is not None:
            keeper.rename_catalogue(name)

    @Slot(str, object)
    def _save_filter(self, name: str, product_filter: ProductFilter) -> None:
        if (keeper := self._session.keeper) is not None:
            keeper.save_filter(name, product_filter)

    @Slot(object, str)
    def _rename_filter(self, saved: SavedFilter, name: str) -> None:
        if (keeper := self._session.keeper) is not None:
            keeper.rename_filter(saved, name)

    @Slot(object)
    def _delete_filter(self, saved: SavedFilter) -> None:
        if (keeper := self._session.keeper) is not None:
            keeper.delete_filter(saved.id)
