"""What the file says of its film, as pairs of a word and a value."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QFontMetrics, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop.plain import PlainLabel, plain_tip
from desktop.words import age_words
from engine.screening.case import CaseResult

_SEXES = {"F": "female", "M": "male", "O": "other"}


def fact_pairs(result: CaseResult) -> list[tuple[str, str]]:
    """The known facts, as (word, value); unknown ones are left out, but for age and view."""
    facts = result.facts
    pairs = [(_tr("File"), result.file)]
    if facts is None:
        return pairs
    spacing = facts.pixel_spacing_mm
    acquired = facts.acquired_at
    pairs += [
        (_tr("Format"), facts.container.upper()),
        (_tr("Modality"), facts.modality or ""),
        (_tr("View"), facts.view_position or _tr("unknown")),
        (_tr("Age"), age_words(facts.age_years) if facts.age_years is not None else _tr("unknown")),
        (_tr("Sex"), _tr(_SEXES.get(facts.sex or "", ""))),
        (_tr("Size"), f"{facts.columns} × {facts.rows}"),
        (_tr("Spacing"), f"{spacing[0]:.3g} mm" if spacing is not None else ""),
        (_tr("Date"), acquired.date().isoformat() if acquired is not None else ""),
    ]
    return [(word, value) for word, value in pairs if value]


class FilmFactsTable(QWidget):
    """The facts as a quiet table of two columns."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("filmFacts")
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)

    def show_facts(self, result: CaseResult) -> None:
        """Change the facts."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for row, (word, value) in enumerate(fact_pairs(result)):
            name = PlainLabel(word)
            name.setProperty("quiet", True)
            shown = ValueLabel(value)
            self._grid.addWidget(name, row, 0)
            self._grid.addWidget(shown, row, 1)


class ValueLabel(PlainLabel):
    """A value on one line, shortened in its middle where it is long; whole in its tooltip."""

    def __init__(self, value: str, parent: QWidget | None = None) -> None:
        super().__init__("", parent)
        self._value = value
        self.setToolTip(plain_tip(value))
        self.setAccessibleName(value)
        self.setMinimumWidth(40)
        self._shorten()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Shorten anew."""
        self._shorten()

    def _shorten(self) -> None:
        metrics = QFontMetrics(self.font())
        self.setText(metrics.elidedText(self._value, Qt.TextElideMode.ElideMiddle, max(40, self.width())))


def _tr(source: str) -> str:
    return QCoreApplication.translate("facts", source) if source else ""
