"""The right end of the menu bar: which model is at work, and at which operating point."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from desktop.plain import PlainLabel, plain_tip
from engine.model.card import ModelCard


class Header(QWidget):
    """Names the model, leads to its card, and lets one choose the operating point."""

    operating_point_chosen = Signal(str)
    card_asked = Signal()

    def __init__(self, card: ModelCard | None, chosen: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("header")
        self.setMinimumHeight(28)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 0)
        layout.setSpacing(8)
        model = QToolButton()
        model.setText(self.tr("model {version}").format(version=card.model_version) if card else self.tr("no model"))
        model.setObjectName("modelVersion")
        model.setToolTip(self.tr("About the model"))
        model.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        model.setEnabled(card is not None)
        model.clicked.connect(self.card_asked)
        self._blind = PlainLabel(self.tr("Blind reading"))
        self._blind.setObjectName("blindSign")
        self._blind.setToolTip(self.tr("Answers are hidden until your verdict. The menu Verdict shows them again."))
        policy = self._blind.sizePolicy()
        policy.setRetainSizeWhenHidden(True)  # a menu bar gives its corner no more room later on
        self._blind.setSizePolicy(policy)
        self._blind.hide()
        layout.addWidget(self._blind)
        layout.addWidget(model)
        self._points: dict[str, QAction] = {}
        self._button = QToolButton()
        self._button.setObjectName("operatingPoint")
        self._button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._button.setToolTip(self.tr("Where a probability turns into a band"))
        layout.addWidget(self._button)
        if card is None:
            self._button.hide()
            return
        menu = QMenu(self._button)
        menu.setToolTipsVisible(True)
        group = QActionGroup(menu)
        for point in card.operating_points:
            action = QAction(point.name, menu)
            action.setCheckable(True)
            action.setChecked(point.name == chosen)
            action.setToolTip(plain_tip(point.rule))
            group.addAction(action)
            menu.addAction(action)
            self._points[point.name] = action
        group.triggered.connect(lambda action: self.choose(action.text()))
        self._button.setMenu(menu)
        self._show(chosen)

    def set_blind(self, on: bool) -> None:
        """Say that answers are hidden, for as long as they are."""
        self._blind.setVisible(on)

    def choose(self, name: str) -> None:
        """Choose the operating point of this name; nothing happens where the model has none."""
        if name in self._points:
            self._points[name].setChecked(True)
            self._show(name)
            self.operating_point_chosen.emit(name)

    def _show(self, name: str) -> None:
        self._button.setText(name)
        self._button.setAccessibleName(self.tr("Operating point: {name}").format(name=name))
