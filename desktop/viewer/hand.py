"""What the mouse does on a film: it holds a tool, takes hold of things, and points."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from PySide6.QtCore import QPointF, Qt

from desktop.viewer.measures import Measure, MeasureKind, Sketch
from desktop.viewer.placement import Placement

_APART = 4.0
_LEFT = Qt.MouseButton.LeftButton


class Tool(StrEnum):
    """What the left button does."""

    MOVE = "move"
    WINDOW = "window"
    RULER = "ruler"
    ANGLE = "angle"
    MAGNIFIER = "magnifier"


_MEASURING = {Tool.RULER: MeasureKind.RULER, Tool.ANGLE: MeasureKind.ANGLE}
_CURSORS = {
    Tool.MOVE: Qt.CursorShape.ArrowCursor,
    Tool.WINDOW: Qt.CursorShape.SizeAllCursor,
    Tool.RULER: Qt.CursorShape.CrossCursor,
    Tool.ANGLE: Qt.CursorShape.CrossCursor,
    Tool.MAGNIFIER: Qt.CursorShape.BlankCursor,
}


class Handled(Protocol):
    """A film that can be moved, windowed and measured."""

    @property
    def placement(self) -> Placement:
        """Where the film lies."""

    def pan(self, by: QPointF) -> None:
        """Move it by so many screen pixels."""

    def drag_window(self, *, right: float, down: float) -> None:
        """Change its window as for a drag over so many screen pixels."""

    def add_measure(self, measure: Measure) -> None:
        """Keep a ruler or an angle."""


class Hand:
    """Turns presses, moves and releases into what they do to a film. Points are of the view, in logical pixels."""

    def __init__(self, film: Handled) -> None:
        self._film = film
        self._tool = Tool.MOVE
        self._button: Qt.MouseButton | None = None
        self.pointer: QPointF | None = None
        self.sketch: Sketch | None = None

    @property
    def tool(self) -> Tool:
        """The tool it holds."""
        return self._tool

    @property
    def cursor(self) -> Qt.CursorShape:
        """What the pointer should look like."""
        grips = self._button is not None and self._moves_film(self._button)
        return Qt.CursorShape.ClosedHandCursor if grips else _CURSORS[self._tool]

    def take(self, tool: Tool) -> None:
        """Take another tool; a measure that is not finished is given up."""
        self._tool = tool
        self.sketch = None

    def press(self, button: Qt.MouseButton, at: QPointF) -> None:
        """Take hold."""
        self.pointer = at
        if self._button is not None:
            return
        self._button = button
        kind = _MEASURING.get(self._tool)
        if button is _LEFT and kind is not None:
            spot = self._film.placement.film_point(at)
            self.sketch = Sketch(kind, (spot,), spot) if self.sketch is None else self.sketch.moved(spot)

    def move(self, to: QPointF) -> None:
        """Go somewhere, with whatever is held."""
        before, self.pointer = self.pointer, to
        if self.sketch is not None:
            self.sketch = self.sketch.moved(self._film.placement.film_point(to))
        elif before is not None and self._button is not None:
            way = to - before
            if self._moves_window(self._button):
                self._film.drag_window(right=way.x(), down=way.y())
            elif self._moves_film(self._button):
                self._film.pan(way)

    def release(self, button: Qt.MouseButton) -> None:
        """Let go."""
        if button is not self._button:
            return
        self._button = None
        if self.sketch is not None and button is _LEFT:
            self.sketch = self.sketch.with_point(apart=_APART / self._film.placement.scale)
            if self.sketch.is_whole:
                done, self.sketch = self.sketch, None
                self._film.add_measure(Measure(done.kind, done.settled))

    def _moves_window(self, button: Qt.MouseButton) -> bool:
        return button is Qt.MouseButton.RightButton or (button is _LEFT and self._tool is Tool.WINDOW)

    def _moves_film(self, button: Qt.MouseButton) -> bool:
        held = button is _LEFT and self._tool in (Tool.MOVE, Tool.MAGNIFIER)
        return held or button is Qt.MouseButton.MiddleButton
