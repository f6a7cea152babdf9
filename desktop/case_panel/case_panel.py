"""What is known of the chosen film: its band, its score, or why it has none, and what its file says."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop.case_panel.facts import FilmFactsTable
from desktop.case_panel.score_box import ScoreBox
from desktop.marks import Mark, MarkSign
from desktop.plain import PlainLabel
from desktop.theme import scaled
from desktop.verdicts.panel import VerdictPanel
from desktop.words import caution_words, mark_words, note_sentence, reason_sentence
from engine.reasons import Note
from engine.screening.case import CaseResult, CaseStatus

# Of films like these it is not known how often a score is right.
_BEYOND_THE_MODEL = frozenset({Note.AGE_OUTSIDE_TRAINING, Note.UNLIKE_TRAINING})


class CasePanel(QWidget):
    """Shows one result in words and figures."""

    card_asked = Signal()
    tags_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("casePanel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._sign = MarkSign(20)
        self._band = _words("bandWords", 1.35)
        self._caution = _words("caution", 1.0)
        self._notes = _words("notes", 1.0)
        self._reason = _words("reason", 1.2)
        self.score_box = ScoreBox()
        self.prevalence_asked = self.score_box.prevalence_asked
        self._facts_title = PlainLabel(self.tr("Film facts"))
        self._facts_title.setProperty("quiet", True)
        self._facts = FilmFactsTable()
        self._card_button = _link(self.tr("About the model"), "cardButton")
        self._card_button.clicked.connect(self.card_asked)
        self._tags_button = _link(self.tr("Tags"), "tagsButton")
        self._tags_button.setToolTip(self.tr("Every DICOM tag of the film’s file"))
        self._tags_button.clicked.connect(self.tags_asked)
        self.verdicts = VerdictPanel()
        self._content = self._laid_out()
        scroll = QScrollArea()
        scroll.setObjectName("caseScroll")
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        scroll.setAccessibleName(self.tr("About this film"))
        scroll.setWidget(self._content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll, 1)
        layout.addWidget(self.verdicts)
        self.show_result(None, prevalence=0.5)

    def show_result(self, result: CaseResult | None, *, prevalence: float | None) -> None:
        """Show a result; None shows nothing.

        Args:
            result: Of the list.
            prevalence: The one at which the model of the list is calibrated; None where that is not known.
        """
        self._content.setVisible(result is not None)
        self.verdicts.setVisible(result is not None)
        if result is None:
            return
        hidden = result.status is CaseStatus.PENDING
        mark = Mark.of(result)
        self._sign.setVisible(not hidden)
        self._sign.show_mark(mark)
        self._band.setText(self.tr("Hidden until your verdict") if hidden else mark_words(mark))
        caution = caution_words(result.notes)
        self._caution.setText(caution)
        self._caution.setVisible(bool(caution))
        self._notes.setText("\n\n".join(note_sentence(note) for note in result.notes))
        self._notes.setVisible(bool(result.notes))
        self._reason.setText(reason_sentence(result.reason) if result.reason is not None else "")
        self._reason.setVisible(result.reason is not None)
        self.score_box.setVisible(result.score is not None)
        if result.score is not None:
            holds = _BEYOND_THE_MODEL.isdisjoint(result.notes)
            self.score_box.show_score(result.score, prevalence=prevalence, holds=holds)
        self._facts.show_facts(result)

    def _laid_out(self) -> QWidget:
        content = QWidget()
        content.setObjectName("caseContent")
        headline = QHBoxLayout()
        headline.setSpacing(12)
        headline.addWidget(self._sign, 0, Qt.AlignmentFlag.AlignTop)
        headline.addWidget(self._band, 1)
        layout = QVBoxLayout(content)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(8)
        layout.addLayout(headline)
        layout.addWidget(self._caution)
        layout.addWidget(self._notes)
        layout.addWidget(self._reason)
        layout.addSpacing(8)
        layout.addWidget(self.score_box)
        layout.addSpacing(8)
        layout.addWidget(_divider())
        layout.addSpacing(8)
        layout.addWidget(self._facts_title)
        layout.addWidget(self._facts)
        layout.addStretch(1)
        links = QHBoxLayout()
        links.setSpacing(16)
        links.addWidget(self._tags_button)
        links.addWidget(self._card_button)
        links.addStretch(1)
        layout.addLayout(links)
        return content


def _words(name: str, scale: float) -> QLabel:
    label = PlainLabel()
    label.setObjectName(name)
    label.setWordWrap(True)
    scaled(label, scale)
    return label


def _link(words: str, name: str) -> QPushButton:
    button = QPushButton(words)
    button.setObjectName(name)
    button.setProperty("flat", True)
    return button


def _divider() -> QFrame:
    line = QFrame()
    line.setProperty("divider", True)
    line.setFixedHeight(1)
    return line
