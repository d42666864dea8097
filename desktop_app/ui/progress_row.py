"""A bar with what is under way and a button that ends it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from desktop_app.domain.progress import Progress
from desktop_app.ui.product_text import count_text
from desktop_app.ui.theme import Space


class ProgressRow(QWidget):
    """Hidden while nothing is under way. Tells counts, or a share of the whole where the counts
    are of nothing a person knows. Signals: ``stop_wanted``."""

    stop_wanted = Signal()

    def __init__(self, parent: QWidget | None = None, *, tells_share: bool = False) -> None:
        super().__init__(parent)
        self._tells_share = tells_share
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._doing = QLabel()
        self._doing.setProperty("role", "meta")
        stop = QPushButton(self.tr("&Stop"))
        stop.setAutoDefault(False)
        stop.clicked.connect(self.stop_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.M)
        row.addWidget(self._bar, 1)
        row.addWidget(self._doing)
        row.addWidget(stop)
        self.hide()

    def show_progress(self, progress: Progress) -> None:
        """How far it is."""
        known = progress.fraction is not None
        self._bar.setRange(0, 1000 if known else 0)
        self._bar.setValue(round(1000 * (progress.fraction or 0)))
        parts = [progress.stage]
        if known and self._tells_share:
            parts.append(self.tr("{0} %").format(int(100 * (progress.fraction or 0))))
        elif progress.total:
            parts.append(f"{count_text(progress.done)} / {count_text(progress.total)}")
        if (seconds := progress.seconds_left) is not None:
            minutes, rest = divmod(round(seconds), 60)
            parts.append(self.tr("{0} left").format(f"{minutes}:{rest:02}"))
        self._doing.setText(" · ".join(part for part in parts if part))
        self._bar.setAccessibleName(self._doing.text())
        self.show()

    @property
    def words(self) -> str:
        """What is said about it."""
        return self._doing.text()
