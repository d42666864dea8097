"""While it learns: the curves, how long it still takes, pausing and stopping."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.metric_learning import CurvePoint, Recipe
from desktop_app.domain.progress import Progress
from desktop_app.ui.learning.curve_chart import CurveChart
from desktop_app.ui.learning.words import recipe_title
from desktop_app.ui.theme import Space, Theme


class RunningPane(QWidget):
    """Signals: ``pause_wanted``, ``resume_wanted``, ``stop_wanted``."""

    pause_wanted = Signal()
    resume_wanted = Signal()
    stop_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_paused = self._is_stopping = False
        self.chart = CurveChart(theme)
        self._title = QLabel()
        self._title.setProperty("role", "display")
        self._about = QLabel(
            self.tr(
                "Go on working: search, edit and look around meanwhile. Nothing changes before "
                "you say so."
            )
        )
        self._about.setWordWrap(True)
        self._about.setProperty("role", "muted")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._doing = QLabel()
        self._doing.setProperty("role", "meta")
        self.pause = QPushButton()
        self.pause.clicked.connect(self._toggle_pause)
        self.stop = QPushButton(self.tr("&Stop"))
        self.stop.setToolTip(self.tr("Learn no further"))
        self.stop.clicked.connect(self._stop)
        row = QHBoxLayout()
        row.setSpacing(Space.M)
        row.addWidget(self._bar, 1)
        row.addWidget(self._doing)
        row.addWidget(self.pause)
        row.addWidget(self.stop)
        column = QVBoxLayout(self)
        column.setContentsMargins(Space.XL, Space.L, Space.XL, Space.L)
        column.setSpacing(Space.S)
        column.addWidget(self._title)
        column.addWidget(self._about)
        column.addSpacing(Space.S)
        column.addLayout(row)
        column.addSpacing(Space.S)
        column.addWidget(self.chart, 1)
        self.set_paused(False)

    @property
    def words(self) -> str:
        """What is said about how far it is."""
        return self._doing.text()

    def begin(self, recipe: Recipe) -> None:
        """Learning begins."""
        self._title.setText(self.tr("Learning: {0}").format(recipe_title(recipe)))
        self.chart.set_points((), most_s=recipe.most_s)
        self._is_stopping = False
        self.pause.setEnabled(True)
        self.stop.setEnabled(True)
        self.set_paused(False)
        self.show_progress(Progress(self.tr("Getting ready"), 0))

    def add_point(self, point: CurvePoint) -> None:
        """It has come so far."""
        self.chart.add(point)

    def show_progress(self, progress: Progress) -> None:
        """How far it is."""
        if self._is_stopping:
            return
        fraction = progress.fraction
        self._bar.setRange(0, 1000 if fraction is not None else 0)
        self._bar.setValue(round(1000 * (fraction or 0)))
        parts = [progress.stage]
        if (seconds := progress.seconds_left) is not None:
            whole = round(seconds)
            hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
            time = f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
            # It ends sooner where nothing more is gained.
            parts.append(self.tr("up to {0} left").format(time))
        self._doing.setText(" · ".join(part for part in parts if part))
        self._bar.setAccessibleName(self._doing.text())

    def show_waiting(self) -> None:
        """It waits for what goes before."""
        if self._is_stopping:
            return
        self._bar.setRange(0, 0)
        self._doing.setText(self.tr("Waits until what runs before is done"))
        self._bar.setAccessibleName(self._doing.text())

    def set_paused(self, is_paused: bool) -> None:
        """Whether it rests until it is told to go on."""
        self._is_paused = is_paused
        if is_paused and not self._is_stopping:
            self._doing.setText(self.tr("Paused"))
        self.pause.setText(self.tr("&Resume") if is_paused else self.tr("&Pause"))

    @Slot()
    def _stop(self) -> None:
        """What is being done is brought to an end first, which may take a moment."""
        self._is_stopping = True
        self.pause.setEnabled(False)
        self.stop.setEnabled(False)
        self._bar.setRange(0, 0)
        self._doing.setText(self.tr("Stopping"))
        self._bar.setAccessibleName(self._doing.text())
        self.stop_wanted.emit()

    @Slot()
    def _toggle_pause(self) -> None:
        (self.resume_wanted if self._is_paused else self.pause_wanted).emit()
