"""Preferences, and which model a catalogue is searched with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.model_cards import ModelCard, ModelState
from desktop_app.domain.progress import CancelToken, Progress
from desktop_app.settings import Settings
from desktop_app.ui.flows.panes import Panes
from desktop_app.ui.preferences import ModelRow, PreferencesDialog
from desktop_app.workers.browsing import Overview
from desktop_app.workers.session import Session


class ModelShelf(Protocol):
    """The models on this machine and those that could be; safe from any thread."""

    def cards(self) -> tuple[ModelCard, ...]: ...

    def state(self, name: str) -> ModelState: ...

    def install_from_file(
        self, name: str, file: Path, token: CancelToken | None = None
    ) -> ModelCard: ...

    def download(
        self, name: str, token: CancelToken, on_progress: Callable[[Progress], None]
    ) -> ModelCard: ...


class ModelFlow(QObject):
    """Shows the preferences; lists, installs and downloads models off the GUI thread.

    ``shelf`` is asked for in a lane. Signals: ``settings_changed`` (Settings).
    """

    settings_changed = Signal(object)
    _download_moved = Signal(object)

    def __init__(
        self,
        session: Session,
        panes: Panes,
        shelf: Callable[[], ModelShelf],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._panes = panes
        self._shelf = shelf
        self._dialog: PreferencesDialog | None = None
        self._overview: Overview | None = None
        self._download: CancelToken | None = None
        self._download_moved.connect(self._show_download)

    def show(self, settings: Settings) -> None:
        """Open the preferences."""
        overview = self._overview
        dialog = PreferencesDialog(
            settings,
            (),
            self._current_model(),
            self._panes.window,
            extra_columns=overview.columns if overview is not None else (),
            suggestions=_suggestions(overview),
        )
        dialog.settings_changed.connect(self.settings_changed)
        dialog.model_chosen.connect(self._use)
        dialog.model_file_chosen.connect(self._install)
        dialog.download_requested.connect(self._start_download)
        dialog.download_cancelled.connect(self._stop_download)
        dialog.finished.connect(self._dialog_closed)
        self._dialog = dialog
        self._read_models()
        dialog.open()

    @Slot(object)
    def take_overview(self, overview: Overview) -> None:
        """What the catalogue holds, to suggest from."""
        self._overview = overview

    def _current_model(self) -> str:
        workspace = self._session.workspace
        return workspace.model_name if workspace is not None else ""

    def _read_models(self) -> None:
        def work(_token: CancelToken) -> list[ModelRow]:
            shelf = self._shelf()
            return [_row(card, shelf.state(card.name)) for card in shelf.cards()]

        self._session.run_aside(work, on_done=self._show_models, on_failed=self._panes.show_problem)

    def _show_models(self, rows: object) -> None:
        if self._dialog is not None and isinstance(rows, list):
            self._dialog.set_models(rows, self._current_model())

    @Slot(str)
    def _use(self, name: str) -> None:
        self._session.reopen(model=name)
        if self._dialog is not None:
            self._dialog.accept()

    @Slot(str, str)
    def _install(self, name: str, path: str) -> None:
        self._session.run_aside(
            lambda token: self._shelf().install_from_file(name, Path(path), token),
            on_done=lambda _card: self._end(self.tr("Installed.")),
            on_failed=lambda error: self._end(str(error)),
        )

    @Slot(str)
    def _start_download(self, name: str) -> None:
        token = self._download = CancelToken()
        self._session.run_aside(
            lambda _token: self._shelf().download(name, token, self._download_moved.emit),
            on_done=lambda _card: self._end(self.tr("Downloaded.")),
            on_failed=self._download_failed,
            on_cancelled=lambda: self._end(self.tr("Stopped; it can be taken up again.")),
        )
        if self._dialog is not None:
            self._dialog.show_download(None)

    @Slot()
    def _stop_download(self) -> None:
        if self._download is not None:
            self._download.cancel()

    def _download_failed(self, error: UserFacingError) -> None:
        self._end(str(error))

    @Slot(object)
    def _show_download(self, progress: Progress) -> None:
        if self._dialog is not None:
            self._dialog.show_download(progress.fraction)

    def _end(self, message: str) -> None:
        if self._dialog is not None:
            self._dialog.end_download(message)
            self._read_models()

    @Slot()
    def _dialog_closed(self) -> None:
        self._stop_download()
        self._dialog = None


def _suggestions(overview: Overview | None) -> dict[str, list[str]]:
    """Known values by column, the most common first."""
    if overview is None:
        return {}
    return {name: [facet.value for facet in facets] for name, facets in overview.facets.items()}


def _row(card: ModelCard, state: ModelState) -> ModelRow:
    words = {ModelState.SHIPPED: "shipped", ModelState.INSTALLED: "installed"}
    note = f"{card.licence} ({card.licence_note})" if card.licence_note else card.licence
    size = f"{card.download_mb} MB" if card.download_mb else ""
    return ModelRow(
        name=card.name,
        title=card.title,
        description=" · ".join(part for part in (card.summary, size) if part),
        licence=note,
        state=words.get(state, "absent"),
        can_download=state is ModelState.DOWNLOADABLE,
        source=card.origin,
    )
