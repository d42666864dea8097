"""Preferences: how the window looks, how it searches, and which model a catalogue uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.products import Column
from desktop_app.settings import Settings
from desktop_app.ui.rules_editor import RulesEditor

MODEL_NAME = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model as the preferences show it. ``state`` is shipped, installed, or absent."""

    name: str
    title: str
    description: str
    licence: str
    state: str
    can_download: bool
    source: str = ""


class PreferencesDialog(QDialog):
    """Edits Settings and chooses the catalogue's model; changes apply at once. The catalogue's
    ``extra_columns`` and the ``suggestions`` of known values by column are for the rules.

    Signals: ``settings_changed`` (Settings), ``model_chosen`` (name),
    ``model_file_chosen`` (name, path), ``download_requested`` (name),
    ``download_cancelled``.
    """

    settings_changed = Signal(object)
    model_chosen = Signal(str)
    model_file_chosen = Signal(str, str)
    download_requested = Signal(str)
    download_cancelled = Signal()

    def __init__(
        self,
        settings: Settings,
        models: Sequence[ModelRow],
        current_model: str,
        parent: QWidget | None = None,
        *,
        extra_columns: Sequence[Column] = (),
        suggestions: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        super().__init__(parent)
        self._settings = settings
        self._models: dict[str, ModelRow] = {}
        self._current_model = current_model
        self.setWindowTitle(self.tr("Preferences"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(620, 520)
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        tabs.addTab(self._make_general(), self.tr("General"))
        self._rules = RulesEditor(
            settings.ranking_rules, extra_columns=extra_columns, suggestions=suggestions
        )
        self._rules.rules_changed.connect(self._changed)
        tabs.addTab(self._rules, self.tr("Ranking"))
        tabs.addTab(self._make_models(), self.tr("Models"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 16, 24, 16)
        layout.addWidget(tabs, 1)
        layout.addWidget(buttons)
        self.set_models(models, current_model)

    def set_models(self, models: Sequence[ModelRow], current_model: str) -> None:
        """Show the models as they stand now."""
        chosen = self._selected_name() or current_model
        self._current_model = current_model
        self._models = {model.name: model for model in models}
        self._list.clear()
        words = {
            "shipped": self.tr("comes with Twinshelf"),
            "installed": self.tr("installed"),
            "absent": self.tr("not installed"),
        }
        for model in models:
            state = words[model.state]
            if model.name == current_model:
                state = self.tr("used by this catalogue")
            item = QListWidgetItem(f"{model.title}\n{state}")
            item.setData(MODEL_NAME, model.name)
            self._list.addItem(item)
            if model.name == chosen:
                self._list.setCurrentItem(item)

    def show_download(self, fraction: float | None) -> None:
        """Progress of a download in [0, 1]; None while its size is unknown."""
        self._progress.setVisible(True)
        self._cancel.setVisible(True)
        self._progress.setRange(0, 0 if fraction is None else 1000)
        if fraction is not None:
            self._progress.setValue(round(fraction * 1000))

    def end_download(self, message: str) -> None:
        """A download ended, well or not."""
        self._progress.hide()
        self._cancel.hide()
        self._model_message.setText(message)

    def _make_general(self) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(0, 16, 0, 0)
        form.setSpacing(12)
        self._theme = QComboBox()
        for value, label in (
            ("system", self.tr("Like the system")),
            ("light", self.tr("Light")),
            ("dark", self.tr("Dark")),
        ):
            self._theme.addItem(label, value)
        self._theme.setCurrentIndex(self._theme.findData(self._settings.theme))
        self._theme.activated.connect(self._changed)
        self._limit = QSpinBox()
        self._limit.setRange(1, 1000)
        self._limit.setValue(self._settings.result_limit)
        self._limit.setSuffix(self.tr(" products"))
        self._limit.valueChanged.connect(self._changed)
        self._recent = QCheckBox(self.tr("Keep recent queries in the catalogue"))
        self._recent.setChecked(self._settings.keep_recent_queries)
        self._recent.toggled.connect(self._changed)
        self._closer = QCheckBox(self.tr("Look &closer at pictures in the background"))
        self._closer.setToolTip(
            self.tr(
                "Finds print, shape and colour of every picture, so that photos in the hand "
                "match better. Takes effect at once."
            )
        )
        self._closer.setChecked(self._settings.look_closer)
        self._closer.toggled.connect(self._changed)
        self._motion = QCheckBox(self.tr("Reduce motion"))
        self._motion.setChecked(self._settings.reduce_motion)
        self._motion.toggled.connect(self._changed)
        self._threads = QSpinBox()
        self._threads.setRange(0, 64)
        self._threads.setSpecialValueText(self.tr("automatic"))
        self._threads.setValue(self._settings.threads)
        self._threads.setToolTip(self.tr("Takes effect at the next start."))
        self._threads.valueChanged.connect(self._changed)
        form.addRow(self.tr("&Appearance"), self._theme)
        form.addRow(self.tr("&Results of a search"), self._limit)
        form.addRow(self.tr("&Processor threads"), self._threads)
        form.addRow("", self._closer)
        form.addRow("", self._recent)
        form.addRow("", self._motion)
        return page

    def _make_models(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 16, 0, 0)
        column.setSpacing(8)
        about = QLabel(
            self.tr(
                "A model decides what looks alike. A catalogue keeps what it learned with each "
                "model, so changing back costs nothing."
            )
        )
        about.setWordWrap(True)
        about.setProperty("role", "meta")
        self._list = QListWidget()
        self._list.setAccessibleName(self.tr("Models"))
        self._list.currentItemChanged.connect(self._selection_changed)
        self._detail = QLabel()
        self._detail.setWordWrap(True)
        self._detail.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._use = QPushButton(self.tr("Use for this catalogue"))
        self._use.clicked.connect(self._use_selected)
        self._from_file = QPushButton(self.tr("Install from file…"))
        self._from_file.clicked.connect(self._choose_file)
        self._download = QPushButton(self.tr("Download"))
        self._download.clicked.connect(self._ask_download)
        self._cancel = QPushButton(self.tr("Stop"))
        self._cancel.clicked.connect(self.download_cancelled)
        self._cancel.hide()
        self._progress = QProgressBar()
        self._progress.hide()
        self._model_message = QLabel()
        self._model_message.setWordWrap(True)
        row = QHBoxLayout()
        for button in (self._use, self._from_file, self._download, self._cancel):
            button.setAutoDefault(False)
            row.addWidget(button)
        row.addStretch()
        column.addWidget(about)
        column.addWidget(self._list, 1)
        column.addWidget(self._detail)
        column.addLayout(row)
        column.addWidget(self._progress)
        column.addWidget(self._model_message)
        return page

    def _selected_name(self) -> str:
        item = self._list.currentItem()
        return str(item.data(MODEL_NAME)) if item is not None else ""

    @Slot()
    def _changed(self) -> None:
        self._settings = replace(
            self._settings,
            theme=self._theme.currentData(),
            result_limit=self._limit.value(),
            threads=self._threads.value(),
            keep_recent_queries=self._recent.isChecked(),
            look_closer=self._closer.isChecked(),
            reduce_motion=self._motion.isChecked(),
            ranking_rules=self._rules.model.rules,
        )
        self.settings_changed.emit(self._settings)

    @Slot()
    def _selection_changed(self) -> None:
        model = self._models.get(self._selected_name())
        if model is None:
            return
        source = self.tr("Source: {}").format(model.source) if model.source else ""
        licence = self.tr("Licence: {}").format(model.licence)
        lines = (model.description, licence, source)
        self._detail.setText("\n".join(line for line in lines if line))
        usable = model.state != "absent"
        self._use.setEnabled(usable and model.name != self._current_model)
        self._from_file.setVisible(model.state == "absent")
        self._download.setVisible(model.state == "absent" and model.can_download)

    @Slot()
    def _use_selected(self) -> None:
        self.model_chosen.emit(self._selected_name())

    @Slot()
    def _choose_file(self) -> None:
        path, _kind = QFileDialog.getOpenFileName(
            self,
            self.tr("Weights of {}").format(self._models[self._selected_name()].title),
            "",
            self.tr("Weights (*.safetensors *.pth *.pt *.bin)"),
        )
        if path:
            self.model_file_chosen.emit(self._selected_name(), path)

    @Slot()
    def _ask_download(self) -> None:
        self._model_message.clear()
        self.download_requested.emit(self._selected_name())
