"""The empty state: where to drop films, where to find some, and what the program is for and not for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from desktop.plain import PlainLabel, plain_tip, without_key
from desktop.theme import colours, scaled
from desktop.words import day_words

_WIDTH = 640
_SHOWN_RECENT = 4


class Welcome(QWidget):
    """What the window shows before the first film."""

    folder_asked = Signal()
    samples_asked = Signal()
    last_asked = Signal()
    recent_chosen = Signal(Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("welcome")
        self.target = DropTarget()
        self.target.clicked.connect(self.folder_asked)
        self.folder_button = QPushButton(self.tr("Choose a folder…"))
        self.folder_button.setObjectName("folderButton")
        self.folder_button.setProperty("primary", True)
        self.folder_button.clicked.connect(self.folder_asked)
        self.samples_button = QPushButton(self.tr("Try the sample films"))
        self.samples_button.setObjectName("samplesButton")
        self.samples_button.clicked.connect(self.samples_asked)
        self.last_button = QPushButton(self.tr("Open the last list"))
        self.last_button.setObjectName("lastButton")
        self.last_button.clicked.connect(self.last_asked)
        self.last_button.hide()
        self.problem = _notice("modelProblem")
        self.warning = _notice("welcomeWarning")
        self._recent = QVBoxLayout()
        self._recent.setSpacing(0)
        self._recent_title = PlainLabel(self.tr("Recent folders"))
        self._recent_title.setProperty("quiet", True)
        self._lay_out()
        self.setFocusProxy(self.folder_button)
        self.show_recent([])

    def show_unusable_model(self, reason: str) -> None:
        """Say why nothing can be screened, and offer nothing that cannot be done."""
        self.show_model_problem(self.tr("The model cannot be used. {reason}").format(reason=reason))
        for widget in (self.target, self.folder_button, self.samples_button):
            widget.setEnabled(False)

    def show_model_problem(self, sentence: str) -> None:
        """Say for as long as the window is open what is wrong with the model."""
        self.problem.setText(sentence)
        self.problem.show()

    def show_warning(self, sentence: str) -> None:
        """Say something that one should know now; the next one takes its place."""
        self.warning.setText(sentence)
        self.warning.setVisible(bool(sentence))

    def show_last(self, films: int, started_at: datetime, *, cut_off: bool = False) -> None:
        """Offer the list that was screened last; one that was cut off is gone on with."""
        words = self.tr("1 film") if films == 1 else self.tr("{count} films").format(count=films)
        offer = (
            self.tr("Go on with the last list ({films} done, {day})")
            if cut_off
            else self.tr("Open the last list ({films}, {day})")
        )
        self.last_button.setText(offer.format(films=words, day=day_words(started_at)))
        self.last_button.show()

    def show_recent(self, folders: Sequence[str]) -> None:
        """List the folders screened last."""
        while (item := self._recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._recent_title.setVisible(bool(folders))
        for folder in folders[:_SHOWN_RECENT]:
            button = QPushButton()
            button.setProperty("flat", True)
            button.setProperty("recent", True)
            shown = button.fontMetrics().elidedText(folder, Qt.TextElideMode.ElideMiddle, _WIDTH - 32)
            button.setText(without_key(shown))
            button.setToolTip(plain_tip(folder))
            button.setAccessibleName(folder)
            button.setEnabled(self.target.isEnabled())
            button.clicked.connect(lambda _checked=False, name=folder: self.recent_chosen.emit(Path(name)))
            self._recent.addWidget(button)

    def show_dropping(self, dropping: bool) -> None:
        """Light the target while something is held over the window."""
        self.target.show_dropping(dropping)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.folder_button)
        buttons.addWidget(self.samples_button)
        buttons.addStretch(1)
        purpose = PlainLabel(
            self.tr("For research, teaching and second looks at chest films, under local responsibility.")
            + "\n"
            + self.tr(
                "It is not a diagnosis, it is not cleared as a medical device anywhere, "
                "and a clinician reads every film."
            )
        )
        purpose.setObjectName("purpose")
        purpose.setWordWrap(True)
        purpose.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        column = QVBoxLayout()
        column.setSpacing(16)
        column.addStretch(2)
        column.addWidget(self.problem)
        column.addWidget(self.warning)
        column.addWidget(self.target)
        column.addLayout(buttons)
        column.addWidget(self.last_button, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(8)
        column.addWidget(self._recent_title)
        column.addLayout(self._recent)
        column.addStretch(3)
        column.addWidget(purpose)
        middle = QFrame()
        middle.setObjectName("welcomeColumn")
        middle.setMaximumWidth(_WIDTH)
        middle.setLayout(column)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(24, 24, 24, 32)
        outer.addStretch(1)
        outer.addWidget(middle, 8)
        outer.addStretch(1)


def _notice(name: str) -> PlainLabel:
    label = PlainLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    label.hide()
    return label


class DropTarget(QWidget):
    """A large place to drop films on, or to click."""

    clicked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("dropTarget")
        self.setAccessibleName(self.tr("Drop chest films or a folder here"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMinimumHeight(224)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._dropping = False
        title = PlainLabel(self.tr("Drop chest films or a folder here"))
        title.setObjectName("dropTitle")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        scaled(title, 1.6, weight=QFont.Weight.Light)
        kinds = PlainLabel(self.tr("DICOM, JPEG, PNG or TIFF. Nothing leaves this PC."))
        kinds.setProperty("quiet", True)
        kinds.setAlignment(Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addStretch(1)
        layout.addWidget(title)
        layout.addWidget(kinds)
        layout.addStretch(1)

    def sizeHint(self) -> QSize:
        """Large."""
        return QSize(_WIDTH, 240)

    def show_dropping(self, dropping: bool) -> None:
        """Light up while something is held above."""
        self._dropping = dropping
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click asks for a folder."""
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A dashed frame; solid and lit while something is held above."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(QColor(colours().accent if self._dropping else colours().disabled), 1.5)
        if not self._dropping:
            pen.setDashPattern([5, 5])
        painter.setPen(pen)
        painter.setBrush(QColor(colours().selection if self._dropping else colours().panel))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
        painter.end()
