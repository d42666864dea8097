"""What came of learning, in a sentence, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.learned_models import LearnedModel, Trial
from desktop_app.ui.learning.words import (
    date_text,
    headline,
    model_text,
    version_name,
)
from desktop_app.ui.theme import RADIUS, Space, Theme

ICON = 28
LONGEST_NOTE = 200


class OutcomeBand(QFrame):
    """Signals: ``use_wanted``, ``back_wanted`` (search as before), ``later_wanted`` (not now),
    ``compare_wanted``, ``again_wanted`` (learn otherwise), ``note_changed`` (text)."""

    use_wanted = Signal()
    back_wanted = Signal()
    later_wanted = Signal()
    compare_wanted = Signal()
    again_wanted = Signal()
    note_changed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._model: LearnedModel | None = None
        self._is_compact = False
        self._icon_name, self._ink, self._ground = "info", "text_muted", "hover"
        self.setObjectName("outcome")
        self._icon = QLabel()
        self._headline = QLabel()
        self._headline.setProperty("role", "display")
        self._headline.setWordWrap(True)
        self._reason = QLabel()
        self._reason.setWordWrap(True)
        self._meta = QLabel()
        self._meta.setProperty("role", "meta")
        self.use = self._button(self.tr("&Use it"), self.use_wanted, "primary")
        self.use.setToolTip(self.tr("Search with it. The search goes on as it is until then"))
        self.back = self._button(self.tr("Go &back"), self.back_wanted)
        self.back.setToolTip(self.tr("Search with the model as it came again"))
        self.later = self._button(self.tr("&Not now"), self.later_wanted)
        self.later.setToolTip(self.tr("It stays among the versions"))
        self.compare = self._button(self.tr("&Compare on my queries"), self.compare_wanted)
        self.again = self._button(self.tr("Learn &otherwise"), self.again_wanted)
        self.note = QLineEdit()
        self.note.setPlaceholderText(self.tr("A note for yourself"))
        self.note.setAccessibleName(self.tr("Note"))
        self.note.setMaxLength(LONGEST_NOTE)
        self.note.editingFinished.connect(self._note_edited)
        self._lay_out()
        theme.changed.connect(self._dress)
        self._dress()

    @property
    def words(self) -> tuple[str, str]:
        """Headline and reason."""
        return self._headline.text(), self._reason.text()

    def show_outcome(
        self, model: LearnedModel, trial: Trial | None, *, is_active: bool, is_read_only: bool
    ) -> None:
        """Tell of a version; ``trial`` None where it was learned elsewhere."""
        is_other = self._model is None or self._model.version != model.version
        self._model = model
        self._reason.setText(trial.reason if trial is not None else model.reason)
        if trial is None:
            self._headline.setText(self.tr("Learned elsewhere"))
            if not self._reason.text():
                self._reason.setText(self.tr("How it does here shows on your own queries."))
            self._icon_name, self._ink, self._ground = "info", "text_muted", "hover"
        elif trial.refusal is not None:
            self._headline.setText(headline(trial))
            self._icon_name, self._ink, self._ground = "circle-slash", "warn", "warn_soft"
        else:
            self._headline.setText(headline(trial))
            self._icon_name, self._ink, self._ground = "circle-check", "good", "good_soft"
        state = self.tr("in use") if is_active else ""
        parts = (version_name(model.version), state, model_text(model), date_text(model.made_at))
        self._meta.setText(" · ".join(part for part in parts if part))
        self._fit()
        may_use = model.is_offered and not is_active
        self.use.setVisible(may_use)
        self.later.setVisible(may_use)
        self.back.setVisible(is_active)
        self.again.setVisible(not model.is_offered)
        for button in (self.use, self.back, self.again):
            button.setEnabled(not is_read_only)
        self.note.setReadOnly(is_read_only)
        if is_other or not self.note.hasFocus():
            self.note.setText(model.note)
        self._dress()

    def set_compact(self, is_compact: bool) -> None:
        """Whether something else needs the room: then only the headline is told."""
        self._is_compact = is_compact
        self._fit()

    def set_busy(self, is_busy: bool) -> None:
        """Whether a version is being taken up: no other can be meanwhile."""
        for button in (self.use, self.back):
            button.setEnabled(not is_busy)

    def _fit(self) -> None:
        for part in (self._reason, self._meta):
            part.setVisible(bool(part.text()) and not self._is_compact)

    @Slot()
    def _note_edited(self) -> None:
        if self._model is not None and self.note.text() != self._model.note:
            self.note_changed.emit(self.note.text())

    @Slot()
    def _dress(self) -> None:
        ratio = self.devicePixelRatioF()
        icons, colours = self._theme.icons, self._theme.colours
        self._icon.setPixmap(
            icons.pixmap(self._icon_name, ICON, colour=self._ink, device_ratio=ratio)
        )
        ground = getattr(colours, self._ground).name()
        sheet = f"#outcome {{ background: {ground}; border-radius: {RADIUS}px; }}"
        if sheet != self.styleSheet():
            # Every widget inside is dressed anew.
            self.setStyleSheet(sheet)

    @staticmethod
    def _button(words: str, signal: object, variant: str = "") -> QPushButton:
        button = QPushButton(words)
        button.setProperty("variant", variant)
        button.clicked.connect(signal)
        return button

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(Space.XS)
        for label in (self._headline, self._reason, self._meta):
            words.addWidget(label)
        buttons = QHBoxLayout()
        buttons.setSpacing(Space.S)
        for button in (self.use, self.back, self.again, self.later, self.compare):
            buttons.addWidget(button)
        buttons.addWidget(self.note, 1)
        words.addSpacing(Space.XS)
        words.addLayout(buttons)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.L, Space.M, Space.L, Space.M)
        row.setSpacing(Space.M)
        column = QVBoxLayout()
        column.addWidget(self._icon)
        column.addStretch(1)
        row.addLayout(column)
        row.addLayout(words, 1)
