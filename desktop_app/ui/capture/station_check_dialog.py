"""Checking a station: known products are held before its camera, one after another."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QCloseEvent, QKeySequence, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.capturing import AnswerThresholds, StationReport
from desktop_app.domain.products import ProductCard
from desktop_app.services.capture.checking import CHECKED, LEAST_CHECKED, StationTrial
from desktop_app.ui.capture.check_words import (
    false_accepts_text,
    hints_text,
    misses_text,
    share_text,
    trial_text,
)
from desktop_app.ui.theme import RADIUS, Space, Theme
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

MAT = 176
WIDTH = 460


class StationCheckDialog(QDialog):
    """Stays beside the camera's picture; whoever owns it takes bursts and tries them.

    Signals: ``start_wanted``; ``skip_wanted`` to be asked for another product; ``take_wanted``
    to take the picture now; ``use_wanted`` to answer by what was measured; ``stopped`` when the
    dialog was closed.
    """

    start_wanted = Signal()
    skip_wanted = Signal()
    take_wanted = Signal()
    use_wanted = Signal()
    stopped = Signal()

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Check this station"))
        self.setModal(False)
        self.setMinimumWidth(WIDTH)
        self._theme = theme
        self._thumbnails = thumbnails
        self._card: ProductCard | None = None
        self._names: dict[int, str] = {}
        thumbnails.loaded.connect(self._picture_loaded)
        self._stack = QStackedWidget()
        self._intro = self._introduction()
        self._asking = self._question()
        self._result = self._results()
        self._few = QLabel()
        self._few.setWordWrap(True)
        self._few.setAlignment(Qt.AlignmentFlag.AlignTop)
        for page in (self._intro, self._asking, self._result, self._few):
            self._stack.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.XL, Space.XL, Space.L)
        column.setSpacing(Space.L)
        column.addWidget(self._stack, 1)
        column.addLayout(self._buttons())
        space = QShortcut(QKeySequence(Qt.Key.Key_Space), self)
        space.activated.connect(self._space)
        theme.changed.connect(self._dress)
        self._dress()
        self.show_introduction(CHECKED)

    # What is shown

    def show_introduction(self, available: int) -> None:
        """Say what a check is; ``available`` is how many products can be recognised."""
        if available < LEAST_CHECKED:
            self._show_too_few(available)
            return
        asked = min(CHECKED, available)
        words = self.tr(
            "You are asked for {0} products of the catalogue, one after another. Hold each "
            "before the camera as you do at work. After that you see how well this camera, in "
            "this light and at this place, recognises them."
        ).format(asked)
        if available < CHECKED:
            words += "\n\n" + self.tr(
                "The catalogue has {0} products with pictures, so no more are asked for."
            ).format(available)
        self._words.setText(words)
        self._show(self._intro)

    def show_product(self, number: int, total: int, card: ProductCard) -> None:
        """Ask for a product, the ``number``-th of ``total``."""
        self._card = card
        self._names[card.id] = card.sku
        self._progress.setRange(0, total)
        self._progress.setValue(number - 1)
        self._step.setText(self.tr("Product {0} of {1}").format(number, total))
        self._name.setText(" · ".join(part for part in (card.sku, card.title) if part))
        self._show_picture()
        self._ask.setText(self.tr("Hold this product before the camera."))
        self._show(self._asking)

    def show_looking(self) -> None:
        """A burst was taken and is being tried."""
        self._ask.setText(self.tr("Looking…"))
        self._take.setEnabled(False)
        self._skip.setEnabled(False)

    def tell_trial(self, trial: StationTrial) -> None:
        """Say at which place the last product came."""
        self._last.setText(trial_text(trial, self._names.get(trial.product_id, "")))

    def tell_problem(self, words: str) -> None:
        """Something went wrong with the last picture; it can be taken again."""
        self._ask.setText(words)
        self._take.setEnabled(True)
        self._skip.setEnabled(True)

    def show_report(
        self, report: StationReport, proposed: AnswerThresholds, *, can_use: bool = True
    ) -> None:
        """Say how well the station does and what would be expected with thresholds of its
        own."""
        self._first.setText(share_text(report.first, report.products))
        self._three.setText(share_text(report.first_three, report.products))
        self._found.setText(share_text(report.found, report.products))
        hints = hints_text(report)
        self._hints.setText(hints or self.tr("nothing"))
        self._expected.setText(f"{false_accepts_text(proposed)}\n{misses_text(proposed)}")
        self._use.setEnabled(can_use)
        self._show(self._result)

    def tell_used(self) -> None:
        """The station answers by what was measured from now on."""
        self._use.setEnabled(False)
        self._use.setText(self.tr("In use"))

    # How it is laid out

    def _introduction(self) -> QWidget:
        self._words = QLabel()
        self._words.setWordWrap(True)
        self._words.setAlignment(Qt.AlignmentFlag.AlignTop)
        return self._words

    def _question(self) -> QWidget:
        self._step = QLabel()
        self._step.setProperty("role", "meta")
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(4)
        self._progress.setAccessibleName(self.tr("Products tried"))
        self._picture = QLabel()
        self._picture.setFixedSize(MAT, MAT)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._name = QLabel()
        self._name.setProperty("role", "title")
        self._name.setWordWrap(True)
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._name.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._ask = QLabel()
        self._ask.setWordWrap(True)
        self._ask.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._last = QLabel()
        self._last.setProperty("role", "muted")
        self._last.setWordWrap(True)
        self._last.setTextFormat(Qt.TextFormat.PlainText)
        self._last.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.S)
        column.addWidget(self._step)
        column.addWidget(self._progress)
        column.addSpacing(Space.S)
        column.addWidget(self._picture, 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (self._name, self._ask, self._last):
            column.addWidget(label)
        column.addStretch(1)
        return page

    def _results(self) -> QWidget:
        self._first, self._three, self._found = QLabel(), QLabel(), QLabel()
        for label in (self._first, self._three, self._found):
            label.setProperty("role", "title")
        self._hints = QLabel()
        self._expected = QLabel()
        self._expected.setWordWrap(True)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.M)
        form = QFormLayout()
        form.setHorizontalSpacing(Space.L)
        form.setVerticalSpacing(Space.S)
        form.addRow(self.tr("Came first"), self._first)
        form.addRow(self.tr("Among the first three"), self._three)
        form.addRow(self.tr("Found at once until now"), self._found)
        form.addRow(self.tr("Hindered the pictures"), self._hints)
        column.addLayout(form)
        heading = QLabel(self.tr("With thresholds for this station"))
        heading.setProperty("role", "section")
        column.addWidget(heading)
        column.addWidget(self._expected)
        column.addStretch(1)
        return page

    def _buttons(self) -> QHBoxLayout:
        self._start = QPushButton(self.tr("&Start"))
        self._start.setProperty("variant", "primary")
        self._start.clicked.connect(self._start_over)
        self._again = QPushButton(self.tr("Check &again"))
        self._again.clicked.connect(self._start_over)
        self._skip = QPushButton(self.tr("&Not at hand: another one"))
        self._skip.clicked.connect(self.skip_wanted)
        self._take = QPushButton(self.tr("&Take the picture"))
        self._take.setProperty("variant", "primary")
        self._take.setToolTip(self.tr("Take the picture now (Space)"))
        self._take.clicked.connect(self.take_wanted)
        self._use = QPushButton()
        self._use.setProperty("variant", "primary")
        self._use.clicked.connect(self.use_wanted)
        self._close = QPushButton(self.tr("&Close"))
        self._close.clicked.connect(self.close)
        for button in (self._start, self._again, self._skip, self._take, self._use, self._close):
            button.setAutoDefault(False)
        row = QHBoxLayout()
        row.setSpacing(Space.S)
        row.addWidget(self._skip)
        row.addWidget(self._again)
        row.addStretch(1)
        row.addWidget(self._close)
        for button in (self._start, self._take, self._use):
            row.addWidget(button)
        return row

    def _show(self, page: QWidget) -> None:
        self._stack.setCurrentWidget(page)
        self._start.setVisible(page is self._intro)
        self._skip.setVisible(page is self._asking)
        self._take.setVisible(page is self._asking)
        self._skip.setEnabled(True)
        self._take.setEnabled(True)
        self._again.setVisible(page is self._result)
        self._use.setVisible(page is self._result)
        self._use.setText(self.tr("&Use for this station"))

    def _show_too_few(self, available: int) -> None:
        self._few.setText(
            self.tr(
                "The catalogue has {0} products with pictures; a check needs at least {1}. "
                "Import some products first, or wait until their pictures are read."
            ).format(available, LEAST_CHECKED)
        )
        self._show(self._few)

    def _show_picture(self) -> None:
        card = self._card
        pixmap = None
        if card is not None and card.thumbnail:
            pixmap = self._thumbnails.pixmap(card.thumbnail)
            if pixmap is None:
                self._thumbnails.request(card.thumbnail)
        side = MAT - 2 * Space.S
        shown = QPixmap()
        if pixmap is not None:
            ratio = self.devicePixelRatioF()
            shown = pixmap.scaled(
                QSize(round(side * ratio), round(side * ratio)),
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            shown.setDevicePixelRatio(ratio)
        self._picture.setPixmap(shown)
        self._picture.setAccessibleName(self._name.text())

    @Slot(str)
    def _picture_loaded(self, content_hash: str) -> None:
        if self._card is not None and self._card.thumbnail == content_hash:
            self._show_picture()

    @Slot()
    def _start_over(self) -> None:
        self._last.clear()
        self.start_wanted.emit()

    @Slot()
    def _space(self) -> None:
        if self._stack.currentWidget() is self._asking and self._take.isEnabled():
            self.take_wanted.emit()

    @Slot()
    def _dress(self) -> None:
        mat = self._theme.colours.mat.name()
        self._picture.setStyleSheet(f"background: {mat}; border-radius: {RADIUS}px;")

    # Qt

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.stopped.emit()

    def reject(self) -> None:
        # Escape leaves by the same way as the button.
        self.close()
