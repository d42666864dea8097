"""The query beside one product: overlay, deviation by part, proportions."""

from __future__ import annotations

from PySide6.QtCore import QLocale, QSize, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.shapes import ContainerParts, LaidShapes, Part
from desktop_app.ui.elided_label import ElidedLabel
from desktop_app.ui.product_text import NO_VALUE, score_text
from desktop_app.ui.shapes.compare.compared import Compared, CompareMode, part_name
from desktop_app.ui.shapes.compare.view import CompareView
from desktop_app.ui.theme import ICON_SIZE, Space, Theme

ONION_STEPS = 100


class ComparePane(QWidget):
    """Shows a LaidShapes.

    Signals: ``open_wanted`` when the product on view should be opened.
    """

    open_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Comparison"))
        self._title = ElidedLabel()
        self._title.setProperty("role", "title")
        self._overlap = QLabel()
        self._overlap.setProperty("role", "meta")
        self._overlap.setToolTip(
            self.tr(
                "As the outlines lie here. In the list, how the camera was held is evened out too."
            )
        )
        self.view = CompareView(theme)
        self._modes = QButtonGroup(self)
        self._buttons: dict[CompareMode, QToolButton] = {}
        for mode, words, tip in (
            (CompareMode.OUTLINES, self.tr("Outlines"), self.tr("Both outlines as lines")),
            (CompareMode.FILLED, self.tr("Areas"), self.tr("Both outlines filled")),
            (
                CompareMode.DIFFERENCE,
                self.tr("Difference"),
                self.tr("Where yours is larger or smaller, and how far"),
            ),
        ):
            button = QToolButton()
            button.setText(words)
            button.setIcon(theme.icons.icon(mode.value))
            button.setIconSize(ICON_SIZE)
            button.setToolTip(tip)
            button.setAccessibleName(words)
            button.setCheckable(True)
            button.clicked.connect(self._mode_clicked)
            self._modes.addButton(button)
            self._buttons[mode] = button
        self._onion = QSlider(Qt.Orientation.Horizontal)
        self._onion.setRange(0, ONION_STEPS)
        self._onion.setValue(ONION_STEPS // 2)
        self._onion.setToolTip(self.tr("From your outline to the product's"))
        self._onion.setAccessibleName(self.tr("From your outline to the product's"))
        self._onion.valueChanged.connect(self._onion_moved)
        self._onion_row = QWidget()
        self._table = QGridLayout()
        self._cells: dict[tuple[int, int], QLabel] = {}
        self._note = QLabel()
        self._note.setProperty("role", "meta")
        self._note.setWordWrap(True)
        self._foot = QWidget()
        self._lay_out()
        self._choose(CompareMode.OUTLINES)
        self.show_nothing()

    def show_nothing(self) -> None:
        """Nothing is chosen to compare with."""
        self._title.set_text(self.tr("Compare"))
        self._overlap.clear()
        self._foot.hide()
        self.view.show_compared(
            None,
            (
                self.tr("Choose a container"),
                self.tr("Its outline is laid on yours, and what differs is measured."),
            ),
        )

    def show_unlaid(self, name: str) -> None:
        """The two cannot be laid on each other."""
        self._title.set_text(name)
        self._overlap.clear()
        self._foot.hide()
        self.view.show_compared(None, (self.tr("These outlines cannot be laid on each other"), ""))

    def show_laid(self, laid: LaidShapes, name: str, *, height_mm: float = 0.0) -> None:
        """Lay the query on the product called ``name``, ``height_mm`` high if that is known."""
        compared = Compared(laid, name, height_mm)
        self._title.set_text(name)
        self._overlap.setText(self.tr("{0} overlap").format(score_text(laid.overlap)))
        self._foot.show()
        self._fill_table(compared)
        self._note.setText(
            self.tr("At the product's height of {0} mm.").format(_number(height_mm, 0))
            if height_mm
            else self.tr("In hundredths of the height: the product's own is not known.")
        )
        self.view.show_compared(compared)

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The table in words, row by row."""
        count = max((row for row, _ in self._cells), default=-1) + 1
        return [
            tuple(self._cells[row, column].text() for column in range(3)) for row in range(count)
        ]

    def choose_mode(self, mode: CompareMode) -> None:
        """Look at the two in this way."""
        self._choose(mode)

    def _fill_table(self, compared: Compared) -> None:
        for cell in self._cells.values():
            cell.hide()
            self._table.removeWidget(cell)
            cell.deleteLater()
        self._cells.clear()
        laid = compared.laid
        self._row(self.tr("Mean deviation"), "", "", role="meta")
        for part in Part:
            if part in laid.by_part:
                self._row(part_name(part), "", compared.figure(laid.by_part[part]))
        own, other = laid.query_parts, laid.hit_parts
        self._row(self.tr("Proportions"), self.tr("yours"), self.tr("product"), role="meta")
        for words, figure in (
            (self.tr("Height to width"), _height_to_width),
            (self.tr("Closure to body width"), _closure_to_body),
            (self.tr("Closure of height"), _closure_height),
        ):
            self._row(words, figure(own), figure(other))

    def _row(self, words: str, first: str, second: str, *, role: str = "") -> None:
        row = max((at for at, _ in self._cells), default=-1) + 1
        for column, text in enumerate((words, first, second)):
            cell = QLabel(text)
            if role:
                cell.setProperty("role", role)
                cell.setContentsMargins(0, Space.S if row else 0, 0, 0)
            alignment = Qt.AlignmentFlag.AlignLeft if not column else Qt.AlignmentFlag.AlignRight
            self._table.addWidget(cell, row, column, alignment | Qt.AlignmentFlag.AlignVCenter)
            self._cells[row, column] = cell

    def _choose(self, mode: CompareMode) -> None:
        self._buttons[mode].setChecked(True)
        self.view.set_mode(mode)
        self._onion_row.setVisible(mode is not CompareMode.DIFFERENCE)

    @Slot()
    def _mode_clicked(self) -> None:
        self._choose(next(mode for mode, button in self._buttons.items() if button.isChecked()))

    @Slot(int)
    def _onion_moved(self, value: int) -> None:
        self.view.set_onion(value / ONION_STEPS)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._overlap)
        modes = QHBoxLayout()
        modes.setSpacing(Space.XS)
        for button in self._buttons.values():
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
            modes.addWidget(button)
        modes.addStretch(1)
        onion = QHBoxLayout(self._onion_row)
        onion.setContentsMargins(0, 0, 0, 0)
        onion.setSpacing(Space.S)
        ends = (QLabel(self.tr("Yours")), QLabel(self.tr("Product")))
        for end in ends:
            end.setProperty("role", "meta")
        onion.addWidget(ends[0])
        onion.addWidget(self._onion, 1)
        onion.addWidget(ends[1])
        self._table.setHorizontalSpacing(Space.M)
        self._table.setVerticalSpacing(2)
        self._table.setColumnStretch(0, 1)
        foot = QVBoxLayout(self._foot)
        foot.setContentsMargins(Space.M, Space.XS, Space.M, Space.S)
        foot.setSpacing(Space.XS)
        foot.addWidget(self._onion_row)
        foot.addLayout(self._table)
        foot.addWidget(self._note)
        top = QVBoxLayout()
        top.setContentsMargins(Space.M, Space.S, Space.M, Space.XS)
        top.setSpacing(Space.XS)
        top.addLayout(head)
        top.addLayout(modes)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(self.view, 1)
        column.addWidget(self._foot)

    # Qt

    def sizeHint(self) -> QSize:
        return QSize(320, 560)


def _number(value: float, decimals: int = 2) -> str:
    return QLocale().toString(float(value), "f", decimals)


def _height_to_width(parts: ContainerParts | None) -> str:
    return NO_VALUE if parts is None else _number(parts.height_to_width)


def _closure_to_body(parts: ContainerParts | None) -> str:
    return (
        NO_VALUE if parts is None or not parts.closure_to_body else _number(parts.closure_to_body)
    )


def _closure_height(parts: ContainerParts | None) -> str:
    return (
        NO_VALUE if parts is None or not parts.closure_height else score_text(parts.closure_height)
    )
