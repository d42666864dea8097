"""The line at the bottom: how much there is, what runs, what was just done."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from desktop_app.domain.progress import Progress
from desktop_app.domain.storage import PictureCounts
from desktop_app.ui.elided_label import ElidedLabel
from desktop_app.ui.pane_actions import icon_button, make_action
from desktop_app.ui.product_text import count_text
from desktop_app.ui.theme import Space, Theme
from desktop_app.workers.long_work import WorkKind, WorkStatus

HEIGHT_PX = 28
BAR_PX = 120
MESSAGE_MS = 10_000


class StatusLine(QWidget):
    """Signals: ``pause_requested``, ``resume_requested``, ``cancel_requested`` (WorkKind each),
    ``undo_requested``, ``problems_requested`` when the count of problem pictures is pressed,
    ``enrich_requested`` when looking closer at pictures is to go on.
    """

    pause_requested = Signal(object)
    resume_requested = Signal(object)
    cancel_requested = Signal(object)
    undo_requested = Signal()
    problems_requested = Signal()
    enrich_requested = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._work: WorkStatus | None = None
        self._can_enrich = False
        self.setFixedHeight(HEIGHT_PX)
        self.setProperty("surface", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Status"))

        self._counts = _meta(QLabel())
        self._problems = QPushButton()
        self._problems.setProperty("variant", "quiet")
        self._problems.setIcon(theme.icons.icon("triangle-alert", "warn"))
        self._problems.setIconSize(QSize(14, 14))
        self._problems.setStyleSheet("font-size: 11px; padding: 1px 6px;")
        self._problems.setToolTip(self.tr("Show products whose pictures cannot be used"))
        self._problems.clicked.connect(self.problems_requested)

        self._message = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self._message.setStyleSheet("font-size: 11px;")
        self._undo = QPushButton(self.tr("Undo"))
        self._undo.setProperty("variant", "quiet")
        self._undo.setStyleSheet("font-size: 11px; padding: 1px 6px;")
        self._undo.clicked.connect(self._undo_now)
        self._message_time = QTimer(self)
        self._message_time.setSingleShot(True)
        self._message_time.setInterval(MESSAGE_MS)
        self._message_time.timeout.connect(self.clear_message)

        self._doing = _meta(QLabel())
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(BAR_PX)
        self._left = _meta(QLabel())
        self._pause = make_action(self, theme, self.tr("Pause"), icon="pause")
        self._pause.triggered.connect(self._toggle_pause)
        self._cancel = make_action(self, theme, self.tr("Cancel"), icon="x")
        self._cancel.triggered.connect(self._cancel_work)
        self._running = QWidget()
        running = QHBoxLayout(self._running)
        running.setContentsMargins(0, 0, 0, 0)
        running.setSpacing(Space.S)
        running.addWidget(self._doing)
        running.addWidget(self._bar)
        running.addWidget(self._left)
        buttons = QHBoxLayout()
        buttons.setSpacing(0)
        for action in (self._pause, self._cancel):
            button = icon_button(action, size=14)
            button.setFixedSize(22, 22)
            buttons.addWidget(button)
        running.addLayout(buttons)

        self._enrich = QPushButton(self.tr("Continue looking closer"))
        self._enrich.setProperty("variant", "quiet")
        self._enrich.setStyleSheet("font-size: 11px; padding: 1px 6px;")
        self._enrich.setToolTip(
            self.tr("Go on finding print, shape and colour of the pictures that were read")
        )
        self._enrich.clicked.connect(self.enrich_requested)

        self._offline = _meta(QLabel(self.tr("Offline")))
        self._offline.setToolTip(
            self.tr("Everything stays on this computer: Twinshelf needs no connection.")
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.M, 0, Space.M, 0)
        row.setSpacing(Space.M)
        row.addWidget(self._counts)
        row.addWidget(self._problems)
        row.addWidget(self._running)
        row.addWidget(self._enrich)
        said = QHBoxLayout()
        said.setSpacing(Space.XS)
        said.addWidget(self._message)
        said.addWidget(self._undo)
        said.addStretch()
        row.addLayout(said, 1)
        row.addWidget(self._offline)
        theme.changed.connect(self._dress)
        self._dress()
        self.show_counts(0, PictureCounts())
        self.show_work(None)
        self.clear_message()

    @property
    def counts_text(self) -> str:
        """Empty where there is nothing to count."""
        return self._counts.text()

    def show_counts(self, products: int, pictures: PictureCounts) -> None:
        """How many products and pictures the catalogue has."""
        words = self.tr("{0} · {1}").format(
            self._many(products, self.tr("1 product"), self.tr("{} products")),
            self._many(pictures.total, self.tr("1 picture"), self.tr("{} pictures")),
        )
        self._counts.setText(words if products or pictures.total else "")
        problems = pictures.failed + pictures.offline
        self._problems.setVisible(problems > 0)
        words = self._many(problems, self.tr("1 problem"), self.tr("{} problems"))
        self._problems.setText(f" {words}")
        self._problems.setAccessibleName(words)

    def show_work(self, work: WorkStatus | None) -> None:
        """What runs in the background; None where nothing does."""
        self._work = work
        self._running.setVisible(work is not None)
        self._enrich.setVisible(work is None and self._can_enrich)
        if work is None:
            return
        fraction = work.progress.fraction
        self._bar.setRange(0, 0 if fraction is None and not work.paused else 1000)
        self._bar.setValue(round((fraction or 0.0) * 1000))
        self._doing.setText(self._doing_text(work))
        self._left.setText(self._left_text(work.progress, paused=work.paused))
        name = self.tr("Resume") if work.paused else self.tr("Pause")
        self._pause.setText(name)
        self._pause.setToolTip(name)
        self._pause.setIcon(self._theme.icons.icon("play" if work.paused else "pause"))
        self._bar.setAccessibleName(f"{self._doing.text()} {self._left.text()}".strip())

    def offer_to_enrich(self, is_offered: bool) -> None:
        """Whether there are pictures to look closer at and nobody does; offered while nothing
        else runs."""
        self._can_enrich = is_offered
        self._enrich.setVisible(is_offered and self._work is None)

    def show_message(self, text: str, *, undo: bool = False) -> None:
        """Tell what was just done, for a while; ``undo`` offers to take it back."""
        self._message.set_text(text)
        self._undo.setVisible(undo)
        self._message_time.start()

    @Slot()
    def clear_message(self) -> None:
        """Tell nothing any more."""
        self._message_time.stop()
        self._message.set_text("")
        self._undo.hide()

    @property
    def message(self) -> str:
        """What is being told, '' where nothing is."""
        return self._message.whole_text

    @Slot()
    def _dress(self) -> None:
        colours = self._theme.colours
        round_bar = "border-radius: 2px; min-height: 4px; max-height: 4px; border: none;"
        self._bar.setStyleSheet(
            f"QProgressBar {{ background: {colours.pressed.name()}; {round_bar} }}"
            f"QProgressBar::chunk {{ background: {colours.accent.name()}; {round_bar} }}"
        )

    def _many(self, count: int, one: str, many: str) -> str:
        return one if count == 1 else many.format(count_text(count))

    def _doing_text(self, work: WorkStatus) -> str:
        words = {
            WorkKind.IMPORT: self.tr("importing"),
            WorkKind.INDEX: self.tr("reading pictures"),
            WorkKind.ENRICH: self.tr("looking closer at pictures"),
            WorkKind.LEARN: self.tr("learning the catalogue"),
            WorkKind.TAKE_UP: self.tr("taking up what was learned"),
            WorkKind.FIND: self.tr("looking for duplicates"),
            WorkKind.MAP: self.tr("laying out the map of outlines"),
        }[work.kind]
        progress = work.progress
        if progress.fraction is not None:
            return f"{words} {self.tr('{} %').format(int(progress.fraction * 100))}"
        return f"{words} {count_text(progress.done)}" if progress.done else words

    def _left_text(self, progress: Progress, *, paused: bool) -> str:
        if paused:
            return self.tr("paused")
        seconds = progress.seconds_left
        if seconds is None:
            return ""
        whole = round(seconds)
        hours, minutes, seconds = whole // 3600, whole // 60 % 60, whole % 60
        if hours:
            return self.tr("{} left").format(f"{hours}:{minutes:02}:{seconds:02}")
        return self.tr("{} left").format(f"{minutes}:{seconds:02}")

    @Slot()
    def _toggle_pause(self) -> None:
        if self._work is not None:
            signal = self.resume_requested if self._work.paused else self.pause_requested
            signal.emit(self._work.kind)

    @Slot()
    def _cancel_work(self) -> None:
        if self._work is not None:
            self.cancel_requested.emit(self._work.kind)

    @Slot()
    def _undo_now(self) -> None:
        self.clear_message()
        self.undo_requested.emit()


def _meta(label: QLabel) -> QLabel:
    label.setProperty("role", "meta")
    return label
