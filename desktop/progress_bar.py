"""The bar at the bottom: how far the screening is, what one can do about it, and the last thing to know."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from desktop.named_button import named_button
from desktop.pace import Progress
from desktop.plain import PlainLabel, plain_tip


class BottomBar(QWidget):
    """Progress in numbers, and the buttons that go with it. Sentences stand here instead of popping up."""

    pause_asked = Signal()
    continue_asked = Signal()
    cancel_asked = Signal()
    export_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("bottomBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._paused = self._blind = False
        self._progress: Progress | None = None
        self._bar = QProgressBar()
        self._bar.setObjectName("progress")
        self._bar.setAccessibleName(self.tr("Films screened"))
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(3)
        self._numbers = PlainLabel()
        self._numbers.setObjectName("numbers")
        self._message = PlainLabel()
        self._message.setObjectName("message")
        self._message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.pause_button = named_button(self.tr("Pause"), "pauseButton")
        self.cancel_button = named_button(self.tr("Cancel"), "cancelButton")
        self.export_button = named_button(self.tr("Export CSV…"), "exportButton")
        self.pause_button.clicked.connect(self._pause_or_go_on)
        self.cancel_button.clicked.connect(self.cancel_asked)
        self.export_button.clicked.connect(self.export_asked)
        row = QHBoxLayout()
        row.setContentsMargins(16, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self._numbers)
        row.addSpacing(16)
        row.addWidget(self._message, 1)
        for button in (self.pause_button, self.cancel_button, self.export_button):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            row.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._bar)
        layout.addLayout(row)
        self.export_button.setEnabled(False)
        self._show_running(False)

    @property
    def message(self) -> str:
        """The sentence that stands here."""
        return self._message.text()

    @property
    def numbers(self) -> str:
        """The numbers that stand here."""
        return self._numbers.text()

    def show_progress(self, progress: Progress) -> None:
        """Change the numbers."""
        self._progress = progress
        if self._blind:
            progress = replace(progress, not_scored=0)
        self._show_running(progress.running)
        self._paused = progress.paused
        self.pause_button.setText(self.tr("Continue") if progress.paused else self.tr("Pause"))
        self.export_button.setEnabled(progress.done > 0)
        if progress.running:
            total = progress.total
            self._bar.setRange(0, total or 0)
            self._bar.setValue(progress.done)
            self._numbers.setText(self._while_running(progress))
        else:
            words = self.tr("1 film") if progress.done == 1 else self.tr("{count} films").format(count=progress.done)
            if progress.not_scored:
                words += " · " + self.tr("{count} not scored").format(count=progress.not_scored)
            self._numbers.setText(words if progress.done else "")

    def set_blind(self, on: bool) -> None:
        """Tell nothing of answers, and say that the table holds them."""
        self._blind = on
        self.export_button.setText(self.tr("Export CSV with answers…") if on else self.tr("Export CSV…"))
        if self._progress is not None:
            self.show_progress(self._progress)

    def show_message(self, sentence: str) -> None:
        """Say one thing; the next one takes its place."""
        self._message.setText(sentence)
        self._message.setToolTip(plain_tip(sentence))

    def _show_running(self, running: bool) -> None:
        self.pause_button.setVisible(running)
        self.cancel_button.setVisible(running)
        if not running:
            self._bar.setRange(0, 1)
            self._bar.setValue(0)

    def _while_running(self, progress: Progress) -> str:
        if progress.total is None:
            return self.tr("Looking for films…") if not progress.done else self.tr("Looking for more films…")
        parts = [self.tr("{done} of {total}").format(done=progress.done, total=progress.total)]
        if progress.paused:
            parts.append(self.tr("resting"))
        elif progress.films_per_second is None:
            if not progress.done:
                parts.append(self.tr("starting the reader"))
        else:
            parts.append(self.tr("{speed} films/s").format(speed=_speed(progress.films_per_second)))
            parts.append(self._time_left(progress.seconds_left))
        if progress.not_scored:
            parts.append(self.tr("{count} not scored").format(count=progress.not_scored))
        return " · ".join(part for part in parts if part)

    def _time_left(self, seconds: float | None) -> str:
        if seconds is None:
            return ""
        if seconds < 90:
            return self.tr("{count} s left").format(count=math.ceil(seconds))
        if seconds < 90 * 60:
            return self.tr("{count} min left").format(count=math.ceil(seconds / 60))
        return self.tr("{count} h left").format(count=math.ceil(seconds / 3600))

    def _pause_or_go_on(self) -> None:
        (self.continue_asked if self._paused else self.pause_asked).emit()


def _speed(films_per_second: float) -> str:
    return f"{films_per_second:.1f}" if films_per_second < 10 else f"{films_per_second:.0f}"
