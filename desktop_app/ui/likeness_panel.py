"""What counts as alike: presets, and a slider for each kind of likeness."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QPoint, QRect, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.evidence import Channel, ChannelWeights, WeightPreset
from desktop_app.ui.preset_picker import PresetPicker
from desktop_app.ui.theme import ICON_SIZE, FontSize, Space, Theme
from desktop_app.ui.weight_presets import Presets
from desktop_app.ui.weight_slider import WeightSlider


class LikenessPanel(QWidget):
    """A list of presets, and four sliders below it that can be folded away.

    Signals: ``weights_changed`` (ChannelWeights) when a person moved a slider or chose a
    preset; ``presets_changed`` (tuple of WeightPreset) when one was saved, renamed or deleted;
    ``folded`` when the sliders were folded away or shown again.
    """

    weights_changed = Signal(object)
    presets_changed = Signal(object)
    folded = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._weights = ChannelWeights()
        self.fold = QToolButton()
        self.fold.setCheckable(True)
        self.fold.setIconSize(ICON_SIZE)
        self.fold.toggled.connect(self._fold)
        self.presets = PresetPicker(theme)
        self.presets.chosen.connect(self._use_preset)
        self.presets.own_changed.connect(self.presets_changed)
        self.shape = WeightSlider(theme, self.tr("Shape"))
        self.surface = WeightSlider(theme, self.tr("Surface"))
        self.print = WeightSlider(theme, self.tr("Print"))
        self.colour = WeightSlider(theme, self.tr("Colour"))
        self.shape.weight_changed.connect(self._set_shape)
        self.surface.weight_changed.connect(self._set_surface)
        self.print.weight_changed.connect(self._set_print)
        self.colour.weight_changed.connect(self._set_colour)
        self._note = QLabel()
        self._note.setProperty("role", "meta")
        self._note.setWordWrap(True)
        self._note.hide()
        self._sliders = QWidget()
        grid = QGridLayout(self._sliders)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(Space.S)
        grid.setVerticalSpacing(Space.XS)
        for row, (words, slider) in enumerate(
            (
                (self.tr("S&hape"), self.shape),
                (self.tr("S&urface"), self.surface),
                (self.tr("Pr&int"), self.print),
                (self.tr("C&olour"), self.colour),
            )
        ):
            label = QLabel(words)
            label.setBuddy(slider)
            grid.addWidget(label, row, 0)
            grid.addWidget(slider, row, 1)
        self.stops = StopLabels(theme, self.shape)
        grid.addWidget(self.stops, 4, 1)
        grid.setColumnStretch(1, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        top = QHBoxLayout()
        top.setSpacing(2)
        top.addWidget(self.fold)
        top.addWidget(self.presets, 1)
        column.addLayout(top)
        column.addWidget(self._sliders)
        column.addWidget(self._note)
        self.set_open(True)
        self._fold(False)

    @property
    def weights(self) -> ChannelWeights:
        return self._weights

    @property
    def is_open(self) -> bool:
        """Whether the sliders are in view."""
        return not self.fold.isChecked()

    def set_open(self, is_open: bool) -> None:
        """Show the sliders or fold them away."""
        self.fold.setChecked(not is_open)

    @property
    def note(self) -> str:
        """What is being said of channels that know little, '' for nothing."""
        return "" if self._note.isHidden() else self._note.text()

    def set_weights(self, weights: ChannelWeights) -> None:
        """Show weights set elsewhere; nothing is emitted."""
        self._weights = weights
        for slider, value in (
            (self.shape, weights.shape),
            (self.surface, weights.surface),
            (self.print, weights.print),
            (self.colour, weights.colour),
        ):
            slider.set_weight(value)
        self.presets.set_weights(weights)

    def set_presets(self, own: Presets) -> None:
        """The presets a person keeps."""
        self.presets.set_own(own)

    def set_note(self, note: str) -> None:
        """Say which kinds of likeness are not known of all pictures yet; '' for nothing."""
        self._note.setText(note)
        self._note.setVisible(bool(note))

    def channel_name(self, channel: Channel) -> str:
        """The word for a channel that has a slider."""
        return {
            Channel.SHAPE: self.shape.accessibleName(),
            Channel.LOOK: self.surface.accessibleName(),
            Channel.PRINT: self.print.accessibleName(),
            Channel.COLOUR: self.colour.accessibleName(),
        }[channel]

    @Slot(bool)
    def _fold(self, is_folded: bool) -> None:
        self._sliders.setVisible(not is_folded)
        icon = "chevron-right" if is_folded else "chevron-down"
        self.fold.setIcon(self._theme.icons.icon(icon, "text_muted"))
        words = self.tr("Show the sliders") if is_folded else self.tr("Fold the sliders away")
        self.fold.setToolTip(words)
        self.fold.setAccessibleName(words)
        self.folded.emit()

    def _change(self, weights: ChannelWeights) -> None:
        self._weights = weights
        self.presets.set_weights(weights)
        self.weights_changed.emit(weights)

    @Slot(object)
    def _use_preset(self, preset: WeightPreset) -> None:
        self.set_weights(preset.weights)
        self.weights_changed.emit(preset.weights)

    @Slot(float)
    def _set_shape(self, value: float) -> None:
        self._change(replace(self._weights, shape=value))

    @Slot(float)
    def _set_surface(self, value: float) -> None:
        self._change(replace(self._weights, surface=value))

    @Slot(float)
    def _set_print(self, value: float) -> None:
        self._change(replace(self._weights, print=value))

    @Slot(float)
    def _set_colour(self, value: float) -> None:
        self._change(replace(self._weights, colour=value))


class StopLabels(QWidget):
    """The names of the three stops, under where the handle stands at each; that of the middle
    only where there is room."""

    def __init__(self, theme: Theme, slider: WeightSlider) -> None:
        super().__init__()
        self._theme = theme
        self._slider = slider
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(FontSize.META + Space.XS)
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self._theme.font(FontSize.META))
        painter.setPen(self._theme.colours.text_muted)
        for words, room in self.placed():
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, words)

    def placed(self) -> list[tuple[str, QRect]]:
        """The names there is room for, and where each goes."""
        metrics = QFontMetrics(self._theme.font(FontSize.META))
        names = (self.tr("ignore"), self.tr("as learned"), self.tr("must match"))
        first, middle, last = (
            QRect(0, 0, metrics.horizontalAdvance(name), self.height()) for name in names
        )
        _left, centre, _right = self._slider.stop_positions()
        middle.moveCenter(QPoint(centre, middle.center().y()))
        last.moveRight(self.width() - 1)
        placed = zip(names, (first, middle, last), strict=True)
        has_room = (
            first.right() + Space.S < middle.left() and middle.right() + Space.S < last.left()
        )
        return [each for each in placed if has_room or each[1] is not middle]
