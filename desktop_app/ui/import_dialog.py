"""The preview of an import: what would come in, how it is read, what would be left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.imports import (
    IGNORE_TARGET,
    PICTURE_TARGET,
    VIEW_TARGET,
    FolderRules,
    ImportPlan,
    ImportRequest,
    SourceKind,
    TablePreview,
    TableRules,
)
from desktop_app.domain.products import CORE_COLUMNS, Column
from desktop_app.ui.item_models.import_models import IssuesModel, RecordsModel, RowsModel

TYPING_PAUSE_MS = 350
ENCODINGS = ("", "utf-8", "utf-16", "cp1252", "iso-8859-15", "cp1250", "cp437", "shift_jis", "gbk")
DELIMITERS = (("", ""), (",", ","), (";", ";"), ("Tab", "\t"), ("|", "|"))


class ImportDialog(QDialog):
    """Shows a plan and lets a person change the rules before anything is written.

    Signals: ``rules_changed`` (ImportRequest) asks for a new plan, ``confirmed`` (ImportPlan).
    """

    rules_changed = Signal(object)
    confirmed = Signal(object)

    def __init__(self, request: ImportRequest, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._request = request
        self._plan: ImportPlan | None = None
        self._extra_columns: tuple[Column, ...] = ()
        self.setWindowTitle(self.tr("Import"))
        self.resize(920, 640)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(TYPING_PAUSE_MS)
        self._pause.timeout.connect(self._ask_again)

        self._heading = QLabel(self.tr("Reading {}…").format(_place(request)))
        self._heading.setProperty("role", "title")
        self._summary = QLabel()
        self._summary.setProperty("role", "meta")
        self._busy = QProgressBar()
        self._busy.setRange(0, 0)
        self._busy.setTextVisible(False)
        self._busy.setProperty("variant", "line")

        self._folder_rules = self._make_folder_rules()
        self._table_rules = self._make_table_rules()
        self._show_rules(is_table=request.kind is SourceKind.TABLE)

        self._records = RecordsModel(self)
        self._issues = IssuesModel((), self)
        self._lists = (
            _table(self._records, self.tr("Products")),
            _table(self._issues, self.tr("Issues")),
        )
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        for view, title in zip(self._lists, (self.tr("Products"), self.tr("Issues")), strict=True):
            self._tabs.addTab(view, title)

        self._watch = QCheckBox(self.tr("Watch this folder and take changes in by themselves"))
        self._watch.setVisible(request.kind is SourceKind.FOLDER)
        self._watch.toggled.connect(self._watch_toggled)

        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._import = buttons.addButton(self.tr("Import"), QDialogButtonBox.ButtonRole.AcceptRole)
        self._import.setDefault(True)
        self._import.setProperty("variant", "primary")
        self._import.setEnabled(False)
        buttons.accepted.connect(self._confirm)
        buttons.rejected.connect(self.reject)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(self._heading)
        layout.addWidget(self._summary)
        layout.addWidget(self._busy)
        layout.addWidget(self._folder_rules)
        layout.addWidget(self._table_rules)
        layout.addWidget(self._tabs, 1)
        layout.addWidget(self._watch)
        layout.addWidget(buttons)

    def set_extra_columns(self, columns: tuple[Column, ...]) -> None:
        """The catalogue's own columns, offered as targets of a table's columns."""
        self._extra_columns = columns

    def set_plan(self, plan: ImportPlan) -> None:
        """Show what an import would write."""
        self._plan = plan
        self._request = plan.request
        self._busy.hide()
        self._records.set_records(plan.records)
        self._issues.set_issues(plan.issues)
        self._heading.setText(_place(plan.request))
        parts = [
            self.tr("{} products").format(len(plan.records)),
            self.tr("{} pictures").format(plan.picture_count),
        ]
        if plan.categories:
            parts.append(self.tr("{} categories").format(len(plan.categories)))
        if plan.new_columns:
            names = ", ".join(column.label for column in plan.new_columns)
            parts.append(self.tr("new columns: {}").format(names))
        parts.append(self.tr("nothing is written yet"))
        self._summary.setText(" · ".join(parts))
        issues = len(plan.issues)
        self._tabs.setTabText(
            1, self.tr("Issues ({})").format(issues) if issues else self.tr("Issues")
        )
        self._import.setText(self.tr("Import {} products").format(len(plan.records)))
        self._import.setEnabled(bool(plan.records))
        self._show_rules(is_table=plan.table is not None)
        if plan.table is not None:
            self._show_table(plan.table)
        else:
            self._pattern.setText(plan.request.folder_rules.name_pattern)
            self._pattern_problem("")
        for view in self._lists:
            view.resizeColumnsToContents()

    def show_problem(self, text: str) -> None:
        """The plan could not be made; the rules can still be changed."""
        self._busy.hide()
        self._import.setEnabled(False)
        self._summary.setText(text)
        self._pattern_problem(text)

    def _show_rules(self, *, is_table: bool) -> None:
        self._folder_rules.setVisible(not is_table)
        self._table_rules.setVisible(is_table)

    def _make_folder_rules(self) -> QWidget:
        rules = self._request.folder_rules
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(0, 0, 0, 0)
        self._pattern = QLineEdit(rules.name_pattern)
        self._pattern.setToolTip(
            self.tr("{sku} and {view} stand for parts of the file name, such as {sku}_{view}.")
        )
        self._pattern.textEdited.connect(self._typed)
        self._from_folder = QCheckBox(self.tr("The first sub-folder is the category"))
        self._from_folder.setChecked(rules.category_from_folder)
        self._from_folder.toggled.connect(self._ask_again)
        form.addRow(self.tr("File names read as"), self._pattern)
        form.addRow("", self._from_folder)
        return page

    def _make_table_rules(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        row = QHBoxLayout()
        self._sheet = QComboBox()
        self._sheet.setAccessibleName(self.tr("Sheet"))
        self._sheet.activated.connect(self._ask_again)
        self._encoding = QComboBox()
        self._encoding.setAccessibleName(self.tr("Encoding"))
        for encoding in ENCODINGS:
            self._encoding.addItem(encoding or self.tr("Encoding: detect"), encoding)
        self._encoding.activated.connect(self._ask_again)
        self._delimiter = QComboBox()
        self._delimiter.setAccessibleName(self.tr("Delimiter"))
        for label, delimiter in DELIMITERS:
            self._delimiter.addItem(label or self.tr("Delimiter: detect"), delimiter)
        self._delimiter.activated.connect(self._ask_again)
        self._picture_root = QPushButton(self.tr("Folder of the pictures…"))
        self._picture_root.setAutoDefault(False)
        self._picture_root.clicked.connect(self._choose_picture_root)
        for widget in (self._sheet, self._encoding, self._delimiter, self._picture_root):
            row.addWidget(widget)
        row.addStretch()
        column.addLayout(row)

        self._head = RowsModel((), self)
        self._head_view = _table(self._head, self.tr("Head of the table"))
        self._head_view.setFixedHeight(190)
        self._targets: list[QComboBox] = []
        column.addWidget(self._head_view)
        return page

    def _show_table(self, table: TablePreview) -> None:
        spreadsheet = bool(table.sheets)
        self._sheet.setVisible(len(table.sheets) > 1)
        self._encoding.setVisible(not spreadsheet)
        self._delimiter.setVisible(not spreadsheet)
        self._sheet.clear()
        self._sheet.addItems(list(table.sheets))
        self._sheet.setCurrentText(table.rules.sheet)
        blank = [""] * len(table.headers)
        self._head.set_rows(table.headers, [blank, *table.rows])
        self._targets = []
        for index, header in enumerate(table.headers):
            combo = self._target_combo(table.rules, header)
            self._head_view.setIndexWidget(self._head.index(0, index), combo)
            self._targets.append(combo)
        self._head_view.resizeColumnsToContents()
        for index, combo in enumerate(self._targets):
            wide = max(self._head_view.columnWidth(index), combo.sizeHint().width() + 8)
            self._head_view.setColumnWidth(index, wide)

    def _target_combo(self, rules: TableRules, header: str) -> QComboBox:
        combo = QComboBox()
        combo.setAccessibleName(self.tr("What the column {} holds").format(header))
        combo.addItem(self.tr("Leave out"), IGNORE_TARGET)
        combo.addItem(self.tr("Picture"), PICTURE_TARGET)
        combo.addItem(self.tr("View"), VIEW_TARGET)
        own = {column.name: column for column in (*self._extra_columns, *rules.new_columns)}
        for column in (*CORE_COLUMNS, *own.values()):
            combo.addItem(column.label, column.name)
        chosen = combo.findData(rules.mapping.get(header, IGNORE_TARGET))
        combo.setCurrentIndex(max(0, chosen))
        combo.activated.connect(self._ask_again)
        return combo

    def _pattern_problem(self, text: str) -> None:
        self._pattern.setProperty("invalid", bool(text))
        self._pattern.style().unpolish(self._pattern)
        self._pattern.style().polish(self._pattern)

    @Slot()
    def _typed(self) -> None:
        self._pause.start()

    @Slot()
    def _ask_again(self) -> None:
        self._busy.show()
        self._import.setEnabled(False)
        folder_rules = FolderRules(
            name_pattern=self._pattern.text().strip() or "{sku}",
            category_from_folder=self._from_folder.isChecked(),
        )
        table_rules = self._request.table_rules
        if self._plan is not None and self._plan.table is not None:
            shown = self._plan.table
            mapping = {
                header: combo.currentData()
                for header, combo in zip(shown.headers, self._targets, strict=True)
            }
            table_rules = replace(
                shown.rules,
                mapping=mapping,
                picture_root=table_rules.picture_root,
                encoding=self._encoding.currentData(),
                delimiter=self._delimiter.currentData(),
                sheet=self._sheet.currentText(),
            )
        self._request = replace(self._request, folder_rules=folder_rules, table_rules=table_rules)
        self.rules_changed.emit(self._request)

    @Slot()
    def _choose_picture_root(self) -> None:
        start = str(self._request.paths[0].parent)
        chosen = QFileDialog.getExistingDirectory(self, self.tr("Folder of the pictures"), start)
        if chosen:
            rules = replace(self._request.table_rules, picture_root=Path(chosen))
            self._request = replace(self._request, table_rules=rules)
            self._ask_again()

    @Slot(bool)
    def _watch_toggled(self, watch: bool) -> None:
        self._request = replace(self._request, watch=watch)
        if self._plan is not None:
            self._plan = replace(self._plan, request=replace(self._plan.request, watch=watch))

    @Slot()
    def _confirm(self) -> None:
        if self._plan is not None:
            self.confirmed.emit(self._plan)
            self.accept()


def _table(model: RowsModel, name: str) -> QTableView:
    view = QTableView()
    view.setModel(model)
    view.setAccessibleName(name)
    view.verticalHeader().hide()
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setAlternatingRowColors(False)
    view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    view.horizontalHeader().setStretchLastSection(True)
    view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    view.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
    return view


def _place(request: ImportRequest) -> str:
    if len(request.paths) == 1:
        return request.paths[0].name or str(request.paths[0])
    return f"{request.paths[0].name} + {len(request.paths) - 1}"
