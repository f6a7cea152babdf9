"""The foot of the case panel: four verdicts, a note, who reads, and what readers have said of the film."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop.plain import PlainLabel, plain_tip
from desktop.verdicts.initials_row import InitialsRow
from desktop.verdicts.words import entry_moment, entry_words, short_verdict_words, verdict_words
from engine.results.verdicts import Reader, ReaderVerdict, Verdict

_LONGEST_NOTE = 500
_MOST_LINES = 3
_LONGEST_LINE = 80


class VerdictPanel(QWidget):
    """Shows and takes verdicts. It decides nothing: who may say what, and what is shown, is the desk's to know."""

    verdict_pressed = Signal(Verdict)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("verdictPanel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.reader_button = QToolButton()
        self.reader_button.setObjectName("readerButton")
        self.reader_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.reader_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.buttons = {verdict: _button(str(key), verdict) for key, verdict in enumerate(Verdict, 1)}
        self.note = _NoteLine()
        self.initials = InitialsRow()
        self._said = PlainLabel()
        self._said.setObjectName("verdictsSaid")
        self._said.setWordWrap(True)
        self._hint = PlainLabel()
        self._hint.setObjectName("verdictHint")
        self._hint.setProperty("quiet", True)
        self._hint.setWordWrap(True)
        self._own: Verdict | None = None
        self._giving = QWidget()
        self._lay_out()
        for verdict, button in self.buttons.items():
            button.clicked.connect(lambda _on=False, verdict=verdict: self._press(verdict))
        self.note.returnPressed.connect(self.left)
        self.note.left.connect(self.left)
        self.initials.cancelled.connect(self.stop_asking)
        self.show_reader(None)
        self.show_verdicts([], None)
        self.set_hint("")
        self.initials.hide()

    @property
    def asking(self) -> bool:
        """Whether it is asking who reads."""
        return not self.initials.isHidden()

    def set_readers_menu(self, menu: QMenu) -> None:
        """The readers to choose from."""
        self.reader_button.setMenu(menu)

    def show_reader(self, reader: Reader | None) -> None:
        """Say who reads."""
        self.reader_button.setText(reader.initials if reader is not None else self.tr("Who reads?"))
        words = self.tr("Reader: {initials}").format(initials=reader.initials) if reader else self.tr("Who is reading?")
        self.reader_button.setAccessibleName(words)
        self.reader_button.setToolTip(plain_tip(words))

    def show_verdicts(self, entries: Sequence[ReaderVerdict], own: ReaderVerdict | None) -> None:
        """Say what readers have said, and light the verdict of the one who reads."""
        self._own = own.verdict if own is not None else None
        self._light()
        newest = sorted(entries, key=lambda entry: entry.verdict_id, reverse=True)
        lines = [_shortened(entry_words(entry)) for entry in newest[:_MOST_LINES]]
        if len(newest) > _MOST_LINES:
            lines.append(self.tr("and {count} more").format(count=len(newest) - _MOST_LINES))
        self._said.setText("\n".join(lines))
        whole = "\n".join(f"{entry_words(entry)} ({entry_moment(entry)})" for entry in newest)
        self._said.setToolTip(plain_tip(whole).replace("\n", "<br>"))
        self._said.setAccessibleName(whole)
        self._said.setVisible(bool(newest))

    def show_note(self, text: str) -> None:
        """Show a note. The spaces around what is being typed stay."""
        if text not in (self.note.text(), self.note.text().strip()):
            self.note.setText(text)

    def set_possible(self, verdicts: Collection[Verdict]) -> None:
        """Which verdicts can be given now; a note goes with any of them."""
        for verdict, button in self.buttons.items():
            button.setEnabled(verdict in verdicts)
        self.note.setEnabled(bool(verdicts))

    def set_hint(self, words: str) -> None:
        """Say one thing above the buttons."""
        self._hint.setText(words)
        self._hint.setVisible(bool(words))

    def ask_reader(self, suggestion: str) -> None:
        """Ask who reads, in place of the buttons."""
        self._giving.hide()
        self.initials.show()
        self.initials.ask(suggestion)

    def stop_asking(self) -> None:
        """Show the buttons again."""
        if self.asking:
            self.initials.hide()
            self._giving.show()
            self.left.emit()

    def _press(self, verdict: Verdict) -> None:
        self._light()  # a click alone changes nothing
        self.verdict_pressed.emit(verdict)

    def _light(self) -> None:
        for verdict, button in self.buttons.items():
            button.setChecked(verdict is self._own)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        title = PlainLabel(self.tr("Your verdict"))
        title.setProperty("quiet", True)
        head.addWidget(title, 1)
        head.addWidget(self.reader_button)
        grid = QGridLayout(self._giving)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        for place, button in enumerate(self.buttons.values()):
            grid.addWidget(button, place // 2, place % 2)
        grid.addWidget(self.note, 2, 0, 1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 8, 16, 12)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self._said)  # above the buttons, which so stay where they are
        layout.addWidget(self._hint)
        layout.addWidget(self._giving)
        layout.addWidget(self.initials)


class _NoteLine(QLineEdit):
    """One line of free words. Escape leaves it."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("verdictNote")
        self.setAccessibleName(self.tr("Note to your verdict"))
        self.setPlaceholderText(self.tr("Note, without names"))
        self.setMaxLength(_LONGEST_NOTE)
        self.setAcceptDrops(False)  # films dropped here are for the window

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back to the list; what was typed stays."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def _shortened(words: str) -> str:
    return words if len(words) <= _LONGEST_LINE else f"{words[: _LONGEST_LINE - 1].rstrip()}…"


def _button(key: str, verdict: Verdict) -> QPushButton:
    button = QPushButton(f"{key}  {short_verdict_words(verdict)}")
    button.setObjectName(f"verdict_{verdict}")
    button.setAccessibleName(verdict_words(verdict))
    button.setToolTip(plain_tip(verdict_words(verdict)))
    button.setProperty("verdict", True)
    button.setCheckable(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return button
