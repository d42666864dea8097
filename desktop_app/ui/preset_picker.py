"""Chooses among presets of weights, and keeps a person's own: all by keyboard."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QStackedWidget,
    QToolButton,
    QWidget,
)

from desktop_app.domain.evidence import (
    PRESETS,
    SAME_DESIGN,
    SAME_ITEM,
    SAME_SHAPE,
    ChannelWeights,
    WeightPreset,
)
from desktop_app.ui.pane_actions import make_action
from desktop_app.ui.theme import Theme
from desktop_app.ui.theme.stylesheet import set_property
from desktop_app.ui.weight_presets import (
    LONGEST_NAME,
    Presets,
    UnusableName,
    preset_with,
    renamed,
    with_preset,
)


class PresetPicker(QStackedWidget):
    """A list of presets with a menu, or a line to type a name into.

    Signals: ``chosen`` (WeightPreset); ``own_changed`` (tuple of WeightPreset) when one was
    saved, renamed or deleted.
    """

    chosen = Signal(object)
    own_changed = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._own: Presets = ()
        self._weights = ChannelWeights()
        self._liked: WeightPreset | None = SAME_ITEM
        self._renaming: WeightPreset | None = None
        self.combo = QComboBox()
        self.combo.setAccessibleName(self.tr("What counts as alike"))
        self.combo.setToolTip(self.tr("What counts as alike"))
        self.combo.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.combo.setMinimumContentsLength(4)
        self.combo.activated.connect(self._pick)
        self.save = make_action(
            self, theme, self.tr("&Save these settings as…"), icon="save", shortcut="Ctrl+Alt+S"
        )
        self.save.triggered.connect(self._start_saving)
        self.rename = make_action(self, theme, self.tr("&Rename…"), icon="pencil")
        self.rename.triggered.connect(self._start_renaming)
        self.delete = make_action(self, theme, self.tr("&Delete"), icon="trash")
        self.delete.triggered.connect(self._delete)
        menu = QMenu(self)
        menu.addActions([self.save, self.rename, self.delete])
        self._more = QToolButton()
        self._more.setIcon(theme.icons.icon("more"))
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setMenu(menu)
        self._more.setToolTip(self.tr("Keep, rename or delete settings"))
        self._more.setAccessibleName(self._more.toolTip())
        self.name = QLineEdit()
        self.name.setMaxLength(LONGEST_NAME)
        self.name.setAccessibleName(self.tr("Name of these settings"))
        self.name.setPlaceholderText(self.tr("Name, then Enter"))
        self.name.returnPressed.connect(self._finish)
        self.name.textEdited.connect(self._mark_valid)
        self.name.installEventFilter(self)
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.combo, 1)
        row.addWidget(self._more)
        self.addWidget(page)
        self.addWidget(self.name)
        self._fill()

    @property
    def presets(self) -> Presets:
        """The shipped ones, then a person's own."""
        return (*PRESETS, *self._own)

    @property
    def current(self) -> WeightPreset | None:
        """The preset of the present weights; None where they are nobody's."""
        return preset_with(self._weights, self.presets, liked=self._liked)

    def set_own(self, own: Presets) -> None:
        """The presets a person keeps."""
        self._own = own
        self._fill()

    def set_weights(self, weights: ChannelWeights) -> None:
        """Show which preset the weights are."""
        self._weights = weights
        self._fill()

    def title_of(self, preset: WeightPreset) -> str:
        """Its name in the user's language."""
        shipped = {
            SAME_ITEM.key: self.tr("Same item"),
            SAME_DESIGN.key: self.tr("Same design, any colour"),
            SAME_SHAPE.key: self.tr("Same shape"),
        }
        return shipped.get(preset.key, preset.name)

    def _fill(self) -> None:
        current = self.current
        with QSignalBlocker(self.combo):
            self.combo.clear()
            for preset in self.presets:
                if preset.key == "" and self.combo.count() == len(PRESETS):
                    self.combo.insertSeparator(self.combo.count())
                self.combo.addItem(self.title_of(preset), preset)
                if preset == current:
                    self.combo.setCurrentIndex(self.combo.count() - 1)
            if current is None:
                self.combo.insertItem(0, self.tr("Own settings"))
                self.combo.setCurrentIndex(0)
        is_own = current is not None and not current.key
        self.rename.setEnabled(is_own)
        self.delete.setEnabled(is_own)
        self.save.setEnabled(current is None)

    @Slot(int)
    def _pick(self, index: int) -> None:
        preset = self.combo.itemData(index)
        if isinstance(preset, WeightPreset):
            self._liked = preset
            self.set_weights(preset.weights)
            self.chosen.emit(preset)

    @Slot()
    def _start_saving(self) -> None:
        self._ask_name(None, "")

    @Slot()
    def _start_renaming(self) -> None:
        if (current := self.current) is not None and not current.key:
            self._ask_name(current, current.name)

    @Slot()
    def _delete(self) -> None:
        if (current := self.current) is not None and not current.key:
            self._keep(tuple(each for each in self._own if each != current), None)
            self.combo.setFocus()

    def _ask_name(self, renaming: WeightPreset | None, text: str) -> None:
        self._renaming = renaming
        self.name.setText(text)
        self.name.selectAll()
        self._mark_valid()
        self.setCurrentWidget(self.name)
        self.name.setFocus()

    @Slot()
    def _finish(self) -> None:
        name = self.name.text()
        try:
            if self._renaming is not None:
                own = renamed(self._own, self._renaming, name)
                liked = next(each for each in own if each not in self._own or each.name == name)
            else:
                own = with_preset(self._own, name, self._weights)
                liked = next(each for each in own if each.weights == self._weights)
        except UnusableName:
            self._refuse()
            return
        self._keep(own, liked)
        self._leave_name()

    def _keep(self, own: Presets, liked: WeightPreset | None) -> None:
        self._own, self._liked = own, liked
        self._fill()
        self.own_changed.emit(own)

    def _refuse(self) -> None:
        self.name.setToolTip(self.tr("Give it a name that is not taken."))
        set_property(self.name, "invalid", "true")

    @Slot()
    def _mark_valid(self) -> None:
        self.name.setToolTip(self.tr("Enter keeps the name, Esc does not"))
        set_property(self.name, "invalid", "false")

    def _leave_name(self) -> None:
        self.setCurrentIndex(0)
        self.combo.setFocus()

    # Qt overrides

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.name and self.currentWidget() is self.name:
            if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
                if event.type() == QEvent.Type.KeyPress:
                    self._leave_name()
                return True
            if event.type() == QEvent.Type.FocusOut:
                self.setCurrentIndex(0)
        return super().eventFilter(watched, event)
