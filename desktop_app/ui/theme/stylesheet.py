"""The one style sheet, made from the tokens, on top of the Fusion style.

Variants are chosen by dynamic properties (set before the widget is shown, or call
:func:`set_property`):

- ``QLabel[role=...]``: ``title`` (15 px semibold), ``display`` (20 px semibold), ``section``
  (11 px semibold, muted), ``meta`` (11 px, muted), ``meta-warn``, ``strong`` (semibold),
  ``muted``, ``bad``, ``warn``, ``good``
- ``QPushButton[variant=...]``: ``primary``, ``quiet`` (no frame), ``danger``; plain otherwise
- ``QToolButton`` is flat; ``[variant="framed"]`` has a frame, ``[variant="chip"]`` is a pill
- ``QLineEdit``/``QComboBox``/``QSpinBox[variant="quiet"]`` have no frame until hovered
- ``QProgressBar[variant="line"]``: two pixels high, without text
- ``QWidget[surface=...]``: ``content``, ``pane``, ``raised`` (plain QWidgets also need
  ``setAttribute(Qt.WA_StyledBackground)``); ``QFrame[role="hairline"]`` is a dividing line,
  ``QFrame[variant="popup"]`` has a hairline around it
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Template

from PySide6.QtWidgets import QWidget

from desktop_app.ui.theme.tokens import RADIUS, Colours, FontSize, Space

STYLE_ICONS = ("check", "minus", "chevron-down", "chevron-up", "chevron-right", "x")
"""Icons the style sheet refers to by file."""

_TEMPLATE = Template("""
QMainWindow, QDialog, QWizard, QMessageBox { background: $pane; }
QWidget[surface="content"] { background: $content; }
QWidget[surface="pane"] { background: $pane; }
QWidget[surface="raised"] { background: $raised; }
QFrame[variant="popup"] { border: 1px solid $hairline; }
QFrame[role="hairline"] { background: $hairline; border: none; max-height: 1px; min-height: 1px; }
QFrame[role="vertical-hairline"] { background: $hairline; border: none; max-width: 1px;
    min-width: 1px; }
QToolTip { background: $raised; color: $text; border: 1px solid $hairline;
    padding: ${xs}px ${s}px; }

QLabel { background: transparent; }
QLabel[role="title"] { font-size: ${title}px; font-weight: 600; }
QLabel[role="display"] { font-size: ${display}px; font-weight: 600; }
QLabel[role="section"] { font-size: ${meta}px; font-weight: 600; color: $text_muted; }
QLabel[role="meta"] { font-size: ${meta}px; color: $text_muted; }
QLabel[role="meta-warn"] { font-size: ${meta}px; color: $warn; }
QLabel[role="strong"] { font-weight: 600; }
QLabel[role="muted"] { color: $text_muted; }
QLabel[role="bad"] { color: $bad; }
QLabel[role="warn"] { color: $warn; }
QLabel[role="good"] { color: $good; }
QLabel:disabled { color: $text_disabled; }

QPushButton { background: $raised; color: $text; border: 1px solid $frame;
    border-radius: ${radius}px; padding: 5px ${m}px; min-height: 16px; }
QPushButton:hover { background: $hover; }
QPushButton:pressed { background: $pressed; }
QPushButton:focus { border-color: $accent; }
QPushButton:disabled { color: $text_disabled; border-color: $hairline; }
QPushButton:checked { background: $selected; color: $accent_text; }
QPushButton[variant="primary"], QPushButton:default { background: $accent; color: $on_accent;
    border-color: $accent; }
QPushButton[variant="primary"]:hover, QPushButton:default:hover { background: $accent_hover; }
QPushButton[variant="primary"]:focus, QPushButton:default:focus { border: 2px solid $text;
    padding: 4px 11px; }
QPushButton[variant="primary"]:disabled, QPushButton:default:disabled { background: $pressed;
    color: $text_disabled; border-color: $pressed; }
QPushButton[variant="quiet"] { background: transparent; border-color: transparent;
    color: $accent_text; }
QPushButton[variant="quiet"]:hover { background: $hover; }
QPushButton[variant="quiet"]:pressed { background: $pressed; }
QPushButton[variant="quiet"]:focus { border-color: $accent; }
QPushButton[variant="quiet"]:disabled { color: $text_disabled; }
QPushButton[variant="danger"] { color: $bad; }
QPushButton[variant="danger"]:hover { background: $bad_soft; }
QPushButton::menu-indicator { image: url($icon_chevron_down); width: 12px; height: 12px;
    subcontrol-origin: padding; subcontrol-position: center right; right: 6px; }

QToolButton { background: transparent; color: $text; border: 1px solid transparent;
    border-radius: ${radius}px; padding: ${xs}px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:open { background: $pressed; }
QToolButton:checked { background: $selected; color: $accent_text; }
QToolButton:focus { border-color: $accent; }
QToolButton:disabled { color: $text_disabled; }
QToolButton[variant="framed"] { border-color: $frame; background: $raised; }
QToolButton[variant="framed"]:hover { background: $hover; }
QToolButton[variant="framed"]:focus { border-color: $accent; }
QToolButton[variant="chip"] { background: $hover; border-radius: 12px; padding: 3px 10px;
    font-size: 12px; }
QToolButton[variant="chip"]:hover { background: $pressed; }
QToolButton[variant="chip"]:focus { border-color: $accent; }
QToolButton::menu-indicator { image: none; width: 0; }
QToolButton[popupMode="1"] { padding-right: 18px; }
QToolButton::menu-button { border: none; width: 16px; }
QToolButton::menu-arrow { image: url($icon_chevron_down); width: 12px; height: 12px; }

QLineEdit, QPlainTextEdit, QTextEdit, QSpinBox, QDoubleSpinBox, QComboBox, QDateEdit,
QDateTimeEdit, QTimeEdit, QKeySequenceEdit { background: $field; color: $text;
    border: 1px solid $control; border-radius: ${radius}px; padding: ${xs}px 7px;
    selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QDateEdit, QDateTimeEdit, QTimeEdit {
    min-height: 18px; }
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus,
QComboBox:focus, QDateEdit:focus, QDateTimeEdit:focus, QTimeEdit:focus { border-color: $accent; }
QLineEdit:disabled, QPlainTextEdit:disabled, QTextEdit:disabled, QSpinBox:disabled,
QDoubleSpinBox:disabled, QComboBox:disabled { color: $text_disabled; border-color: $hairline; }
QLineEdit[variant="quiet"], QComboBox[variant="quiet"], QSpinBox[variant="quiet"] {
    background: transparent; border-color: transparent; }
QLineEdit[variant="quiet"]:hover, QComboBox[variant="quiet"]:hover,
QSpinBox[variant="quiet"]:hover { background: $hover; }
QLineEdit[variant="quiet"]:focus, QComboBox[variant="quiet"]:focus,
QSpinBox[variant="quiet"]:focus { border-color: $accent; }
QLineEdit[invalid="true"], QComboBox[invalid="true"] { border-color: $bad; }

QComboBox::drop-down { border: none; width: 22px; }
QComboBox::down-arrow { image: url($icon_chevron_down); width: 14px; height: 14px; }
QComboBox QAbstractItemView { background: $raised; border: 1px solid $hairline;
    padding: ${xs}px; outline: none; selection-background-color: $selected;
    selection-color: $text; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; width: 18px;
    background: transparent; border-radius: 3px; }
QAbstractSpinBox::up-button { subcontrol-position: top right; margin: 1px 1px 0 0; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; margin: 0 1px 1px 0; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $hover; }
QAbstractSpinBox::up-arrow { image: url($icon_chevron_up); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url($icon_chevron_down); width: 10px; height: 10px; }

QCheckBox, QRadioButton { spacing: ${s}px; background: transparent; }
QCheckBox:disabled, QRadioButton:disabled { color: $text_disabled; }
QCheckBox::indicator, QRadioButton::indicator, QAbstractItemView::indicator,
QGroupBox::indicator, QMenu::indicator { width: 14px; height: 14px; border: 1px solid $control;
    border-radius: 4px; background: $field; }
QRadioButton::indicator { border-radius: 8px; }
QCheckBox::indicator:hover, QRadioButton::indicator:hover { border-color: $accent; }
QCheckBox:focus, QRadioButton:focus { color: $accent_text; }
QCheckBox::indicator:checked, QAbstractItemView::indicator:checked,
QMenu::indicator:checked { background: $accent; border-color: $accent;
    image: url($icon_check_on_accent); }
QCheckBox::indicator:indeterminate, QAbstractItemView::indicator:indeterminate {
    background: $accent; border-color: $accent; image: url($icon_minus_on_accent); }
QRadioButton::indicator:checked { border: 5px solid $accent; width: 6px; height: 6px;
    background: $on_accent; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: $hairline;
    background: $hover; }

QSlider { background: transparent; }
QSlider::groove:horizontal { height: 3px; border-radius: 1px; background: $track; }
QSlider::sub-page:horizontal { height: 3px; border-radius: 1px; background: $accent; }
QSlider::groove:vertical { width: 3px; border-radius: 1px; background: $track; }
QSlider::add-page:vertical { width: 3px; border-radius: 1px; background: $accent; }
QSlider::handle:horizontal { width: 12px; height: 12px; margin: -6px 0; border-radius: 7px;
    background: $knob; border: 1px solid $control; }
QSlider::handle:vertical { width: 12px; height: 12px; margin: 0 -6px; border-radius: 7px;
    background: $knob; border: 1px solid $control; }
QSlider::handle:hover, QSlider::handle:focus { border: 2px solid $accent; width: 10px;
    height: 10px; }
QSlider::handle:disabled { background: $hover; border-color: $hairline; }
QSlider::sub-page:disabled, QSlider::add-page:vertical:disabled { background: $track; }

QProgressBar { background: $track; border: none; border-radius: 3px; max-height: 6px;
    min-height: 6px; color: transparent; text-align: center; }
QProgressBar::chunk { background: $accent; border-radius: 3px; }
QProgressBar[variant="line"] { min-height: 2px; max-height: 2px; border-radius: 0;
    background: transparent; }
QProgressBar[variant="line"]::chunk { border-radius: 0; }

QScrollBar:vertical { background: transparent; width: 12px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 12px; margin: 0; }
QScrollBar::handle { background: $scroll; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover { background: $control; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QScrollArea { background: transparent; border: none; }

QAbstractItemView { background: $content; border: none; outline: none;
    alternate-background-color: $content; selection-background-color: $selected;
    selection-color: $text; }
QListView::item, QTreeView::item { padding: ${xs}px 6px; border: none; min-height: 18px; }
QListView::item:hover, QTreeView::item:hover, QTableView::item:hover { background: $hover; }
QListView::item:selected, QTreeView::item:selected, QTableView::item:selected {
    background: $selected; color: $text; }
QTreeView::branch { background: transparent; }
QTreeView::branch:selected { background: $selected; }
QTreeView::branch:has-children:closed { image: url($icon_chevron_right); }
QTreeView::branch:has-children:open { image: url($icon_chevron_down); }
QAbstractItemView[surface="pane"] { background: $pane; }
QWidget[surface="raised"] QAbstractItemView { background: $raised; }
QWidget[surface="raised"] QListView::item:hover { background: $pressed; }
QWidget[surface="raised"] QListView::item:selected { background: $selected; }
QTableView { gridline-color: $hairline; }
QTableView::item { padding: 0 ${s}px; border: none; }
QHeaderView { background: $content; font-size: ${meta}px; font-weight: 600; }
QHeaderView::section { background: $content; color: $text_muted; border: none;
    border-bottom: 1px solid $hairline; padding: 6px ${s}px 6px 11px; text-align: left; }
QHeaderView::section:hover { color: $text; }
QHeaderView::down-arrow { image: url($icon_chevron_down); width: 12px; height: 12px;
    subcontrol-position: center right; }
QHeaderView::up-arrow { image: url($icon_chevron_up); width: 12px; height: 12px;
    subcontrol-position: center right; }
QTableCornerButton::section { background: $content; border: none;
    border-bottom: 1px solid $hairline; }

QMenu { background: $raised; color: $text; border: 1px solid $hairline; padding: ${xs}px; }
QMenu::item { padding: 5px ${xl}px 5px ${s}px; border-radius: 4px; }
QMenu::item:selected { background: $selected; }
QMenu::item:disabled { color: $text_disabled; background: transparent; }
QMenu::icon { padding-left: ${s}px; }
QMenu::indicator { margin-left: ${s}px; }
QMenu::separator { height: 1px; background: $hairline; margin: ${xs}px ${s}px; }
QMenu::right-arrow { image: url($icon_chevron_right); width: 12px; height: 12px; }
QMenuBar { background: $pane; border: none; padding: 2px; }
QMenuBar::item { padding: ${xs}px ${s}px; border-radius: 4px; background: transparent; }
QMenuBar::item:selected { background: $hover; }
QStatusBar { background: $pane; color: $text_muted; }
QStatusBar::item { border: none; }

QSplitter::handle { background: $hairline; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover { background: $accent; }
QTabWidget::pane { border: none; border-top: 1px solid $hairline; }
QTabBar { background: transparent; }
QTabBar::tab { background: transparent; color: $text_muted; border: none;
    border-bottom: 2px solid transparent; padding: 6px ${s}px; margin-right: ${s}px; }
QTabBar::tab:hover { color: $text; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent; }
QTabBar::tab:focus { color: $accent_text; }
QGroupBox { border: none; margin-top: 20px; font-weight: 600; }
QGroupBox::title { subcontrol-origin: margin; left: 0; color: $text; }
""")


def style_sheet(colours: Colours, icon_files: Mapping[str, str], *, dark: bool) -> str:
    """The application's style sheet. ``icon_files`` maps each of STYLE_ICONS, and
    ``check-on-accent`` and ``minus-on-accent``, to the path of a tinted SVG."""
    values = {
        name: getattr(colours, name).name()
        for name in Colours.__dataclass_fields__
        if getattr(colours, name).alpha() == 255
    }
    values |= {size.name.lower(): str(int(size)) for size in (*Space, *FontSize)}
    values |= {f"icon_{name.replace('-', '_')}": path for name, path in icon_files.items()}
    values["radius"] = str(RADIUS)
    # Quiet frames around buttons whose words already tell them; fields get the full 3:1 line.
    values["frame"] = "#45454e" if dark else "#d2d2d9"
    values["track"] = colours.pressed.name()
    values["knob"] = "#d6d6dd" if dark else "#ffffff"
    return _TEMPLATE.substitute(values)


def set_property(widget: QWidget, name: str, value: str) -> None:
    """Set a dynamic property on a shown widget and dress it anew."""
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
