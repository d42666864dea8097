"""Two versions beside each other on one's own queries."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QImage, QPixmap
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.errors import UserFacingError
from desktop_app.domain.search import QueryPicture, RecentQuery
from desktop_app.ui.busy_line import BusyLine
from desktop_app.ui.empty_state import EmptyState
from desktop_app.ui.learning.hits_list import HitsList, hits_of
from desktop_app.ui.learning.words import agreement_text, version_name
from desktop_app.ui.theme import Space, Theme
from desktop_app.workers.learning import SideBySide, Versions
from desktop_app.workers.thumbnail_loader import ThumbnailLoader

TILE = 56


class ComparePane(QWidget):
    """Queries above, two columns of what is found below.

    Signals: ``asked`` (QueryPicture, (version, version)), ``product_wanted`` (product id).
    """

    asked = Signal(object, object)
    product_wanted = Signal(object)

    def __init__(
        self, theme: Theme, thumbnails: ThumbnailLoader, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._versions = Versions()
        self._pictures: list[QueryPicture] = []
        self._present: QueryPicture | None = None
        self._recent: tuple[RecentQuery, ...] = ()
        self.busy = BusyLine(theme)
        self.queries = QListWidget()
        self.queries.setAccessibleName(self.tr("Queries to compare on"))
        self.queries.setFlow(QListView.Flow.LeftToRight)
        self.queries.setWrapping(False)
        self.queries.setIconSize(QSize(TILE, TILE))
        self.queries.setFixedHeight(TILE + 2 * Space.L)
        self.queries.setGridSize(QSize(TILE + Space.L, TILE + Space.M))
        self.queries.setFrameShape(QListView.Shape.NoFrame)
        self.queries.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.queries.currentRowChanged.connect(self._ask)
        self._choices: list[QComboBox] = []
        self.lists: list[HitsList] = []
        for name in (self.tr("Left: version"), self.tr("Right: version")):
            choice = QComboBox()
            choice.setAccessibleName(name)
            choice.activated.connect(self._ask)
            self._choices.append(choice)
            found = HitsList(theme, thumbnails)
            found.setAccessibleName(name)
            found.product_wanted.connect(self.product_wanted)
            self.lists.append(found)
        self._agreement = QLabel()
        self._agreement.setProperty("role", "meta")
        self._message = QLabel()
        self._message.setWordWrap(True)
        self._message.setProperty("role", "warn")
        self._nothing = EmptyState(theme, icon="git-compare", title="", text="")
        self._stack = QStackedWidget()
        self._lay_out()
        self._show_whether_any()

    @property
    def chosen(self) -> tuple[str, str]:
        """The versions of the left and the right side."""
        left, right = (str(choice.currentData() or "") for choice in self._choices)
        return left, right

    @property
    def words(self) -> str:
        """How far the two agree, or what went wrong."""
        return self._message.text() or self._agreement.text()

    def show_versions(self, versions: Versions) -> None:
        """What can be compared; what was chosen stays."""
        before = self.chosen
        is_first = not self._choices[0].count()
        self._versions = versions
        entries = ["", *(model.version for model in reversed(versions.models))]
        for choice, version in zip(self._choices, before, strict=True):
            choice.clear()
            for entry in entries:
                words = version_name(entry)
                if entry == versions.active:
                    words = self.tr("{0} (in use)").format(words)
                choice.addItem(words, entry)
            choice.setCurrentIndex(max(0, choice.findData(version)))
        if is_first or before[0] == before[1]:
            newest = versions.models[-1].version if versions.models else ""
            self._choose(*self._beside(newest))
        self._show_whether_any()

    def compare_with(self, version: str) -> None:
        """What is in use on the left, this version on the right; where it is the one in use,
        the model as it came on the left."""
        self._choose(*self._beside(version))
        self._ask()

    def _beside(self, version: str) -> tuple[str, str]:
        active = self._versions.active
        return "" if version == active else active, version

    def set_queries(self, present: QueryPicture | None, recent: Sequence[RecentQuery]) -> None:
        """What can be asked with: the query on view, whose picture comes by :meth:`set_tile`,
        and those before it."""
        if present is self._present and tuple(recent) == self._recent:
            return
        self._present, self._recent = present, tuple(recent)
        before = self.queries.blockSignals(True)
        self.queries.clear()
        self._pictures = []
        if present is not None:
            self._add(present, self.tr("Present query: {0}").format(present.label), QPixmap())
        for query in self._recent:
            pixmap = QPixmap()
            pixmap.loadFromData(query.thumbnail)
            self._add(QueryPicture(query.label, encoded=query.thumbnail), query.label, pixmap)
        if self._pictures:
            self.queries.setCurrentRow(0)
        self.queries.blockSignals(before)
        self._clear()
        self._show_whether_any()

    def set_tile(self, picture: QueryPicture, image: QImage) -> None:
        """What the query on view looks like."""
        if picture is self._present and self.queries.count():
            self.queries.item(0).setIcon(_icon(QPixmap.fromImage(image)))

    def show_compared(self, compared: SideBySide) -> None:
        """Show what the two find, if they are still asked for."""
        if compared.versions != self.chosen or compared.picture is not self._picture:
            return
        self.busy.stop()
        self._message.hide()
        self._message.setText("")
        left, right = sides = hits_of(compared, 0), hits_of(compared, 1)
        for found, hits in zip(self.lists, sides, strict=True):
            found.hits.set_things(hits)
        n_shared = sum(hit.other_rank > 0 for hit in left)
        is_same_first = bool(left and right) and left[0].product_id == right[0].product_id
        n_shown = max(len(left), len(right))
        self._agreement.setText(agreement_text(n_shared, n_shown, is_same_first=is_same_first))

    def show_problem(self, error: UserFacingError) -> None:
        """Why they could not be compared."""
        self._clear()
        self._message.setText(str(error))
        self._message.show()

    def ask_again(self) -> None:
        """Compare what is chosen."""
        self._ask()

    @property
    def _picture(self) -> QueryPicture | None:
        row = self.queries.currentRow()
        return self._pictures[row] if 0 <= row < len(self._pictures) else None

    @Slot()
    def _ask(self) -> None:
        picture = self._picture
        if picture is not None and self._versions.models and self.isVisible():
            self.busy.start()
            self.asked.emit(picture, self.chosen)

    def _choose(self, left: str, right: str) -> None:
        for choice, version in zip(self._choices, (left, right), strict=True):
            choice.setCurrentIndex(max(0, choice.findData(version)))

    def _clear(self) -> None:
        self.busy.stop()
        self._agreement.setText("")
        self._message.setText("")
        self._message.hide()
        for found in self.lists:
            found.hits.set_things(())

    def _add(self, picture: QueryPicture, label: str, pixmap: QPixmap) -> None:
        item = QListWidgetItem(_icon(pixmap), "")
        item.setToolTip(label)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, label)
        self.queries.addItem(item)
        self._pictures.append(picture)

    def _show_whether_any(self) -> None:
        has_versions, has_queries = bool(self._versions.models), bool(self._pictures)
        self._stack.setCurrentIndex(0 if has_versions and has_queries else 1)
        if not has_versions:
            self._nothing.set_words(
                self.tr("Nothing to compare yet"),
                self.tr("Learn the catalogue first; then two versions can be compared here."),
            )
        else:
            self._nothing.set_words(
                self.tr("No query to compare on"),
                self.tr("Search with a picture first. Your last queries are offered here too."),
            )

    def _lay_out(self) -> None:
        columns = QHBoxLayout()
        columns.setSpacing(Space.L)
        for choice, found in zip(self._choices, self.lists, strict=True):
            column = QVBoxLayout()
            column.setSpacing(Space.XS)
            column.addWidget(choice)
            column.addWidget(found, 1)
            columns.addLayout(column, 1)
        whole = QWidget()
        inner = QVBoxLayout(whole)
        inner.setContentsMargins(Space.L, Space.S, Space.L, Space.M)
        inner.setSpacing(Space.S)
        inner.addWidget(self.queries)
        inner.addWidget(self._message)
        inner.addWidget(self._agreement)
        inner.addLayout(columns, 1)
        self._stack.addWidget(whole)
        self._stack.addWidget(self._nothing)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.busy)
        outer.addWidget(self._stack, 1)


def _icon(pixmap: QPixmap) -> QIcon:
    """As an icon of TILE pixels, whole, and not tinted when chosen."""
    if pixmap.isNull():
        return QIcon()
    scaled = pixmap.scaled(
        2 * TILE,
        2 * TILE,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
    icon = QIcon(scaled)
    icon.addPixmap(scaled, QIcon.Mode.Selected)
    return icon
