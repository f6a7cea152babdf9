"""The viewer: a film and the strip below it, for the result that the work list has chosen."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop.film_loader import FilmLoader
from desktop.viewer.film_view import FilmView
from desktop.viewer.heat_bar import HeatBar
from desktop.viewer.picture import FilmPicture
from desktop.words import reason_sentence
from engine.screening.case import CaseResult, CaseStatus


class Viewer(QWidget):
    """Shows one result's film. A film that could not be read is not tried again: its reason stands there."""

    def __init__(self, loader: FilmLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("viewer")
        self._loader = loader
        self._result: CaseResult | None = None
        self.film = FilmView()
        self.heat_bar = HeatBar()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.film, 1)
        layout.addWidget(self.heat_bar)
        self.film.scale_changed.connect(self.heat_bar.show_scale)
        self.heat_bar.heat_changed.connect(self._set_heat)
        loader.film_loaded.connect(self._show_film)
        loader.film_failed.connect(self._show_problem)
        self.show_result(None)

    def show_result(self, result: CaseResult | None) -> None:
        """Show this result's film; the film before it goes at once, so that no film stands by another's words."""
        if result is not None and self._result is not None and result.path == self._result.path:
            self._result = result
            return
        self._result = result
        facts = result.facts if result is not None else None
        self.heat_bar.show_spacing(facts.pixel_spacing_mm if facts is not None else None)
        self.heat_bar.set_heat_available(result is not None and result.score is not None)
        self.heat_bar.show_scale(0.0)
        if result is None:
            self._loader.forget()
            self.film.show_message(self.tr("Choose a film from the list."))
        elif result.status is CaseStatus.FAILED and result.reason is not None:
            self._loader.forget()
            self.film.show_message(reason_sentence(result.reason))
        else:
            self.film.show_message("")
            self._loader.request(result.path)

    def _show_film(self, path: Path, picture: FilmPicture) -> None:
        if self._result is not None and self._result.path == path:
            score = self._result.score
            self.film.show_film(picture, score.heat if score is not None else None)

    def _show_problem(self, path: Path, sentence: str) -> None:
        if self._result is not None and self._result.path == path:
            self.film.show_message(sentence)

    def _set_heat(self, shown: bool, opacity: float) -> None:
        self.film.set_heat(shown=shown, opacity=opacity)
