"""The viewer: a film, another beside it where one compares, and what stands below them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop.film_loader import FilmLoader
from desktop.viewer.film_bar import FilmBar
from desktop.viewer.film_view import FilmView
from desktop.viewer.hand import Tool
from desktop.viewer.heat_bar import HeatBar
from desktop.viewer.heat_layer import HeatLayer
from desktop.viewer.heat_style import HeatStyle
from desktop.viewer.linked import align, link_views
from desktop.viewer.lost_film import LostFilm
from desktop.viewer.picture import FilmPicture
from desktop.words import reason_sentence
from engine.screening.case import CaseResult, CaseStatus, Score


@dataclass(frozen=True, slots=True)
class OtherFilm:
    """A film that may be shown beside the chosen one, such as an earlier one of the same patient.

    Attributes:
        title: What one chooses it by, such as its date.
        score: Its own, where it has one.
    """

    path: Path
    title: str
    score: Score | None = None


class Viewer(QWidget):
    """Shows one result's film. A film that could not be screened is not tried again: its reason stands there.

    One that was screened and cannot be read any more was moved, or lies on a stick that was pulled out: that is said,
    and it is looked for again when one asks for it. `lost_changed` says whether there is such a film.
    """

    others_offered = Signal(object)
    comparing_changed = Signal(bool)
    lost_changed = Signal(bool)

    def __init__(self, loader: FilmLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("viewer")
        self._loader = loader
        self._result: CaseResult | None = None
        self._other: OtherFilm | None = None
        self._found: dict[Path, Path] = {}
        self.film = FilmView()
        self.beside = FilmView()
        self.beside.setObjectName("filmBeside")
        self.beside.setAccessibleName(self.tr("Film to compare with"))
        self.beside.hide()
        self.film_bar = FilmBar()
        self.heat_bar = HeatBar()
        self.lost = LostFilm()
        films = QHBoxLayout()
        films.setSpacing(2)
        films.addWidget(self.film, 1)
        films.addWidget(self.beside, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(films, 1)
        layout.addWidget(self.lost)
        layout.addWidget(self.film_bar)
        layout.addWidget(self.heat_bar)
        self._connect()
        self.show_result(None)

    @property
    def comparing(self) -> bool:
        """Whether another film is shown beside the chosen one."""
        return self._other is not None

    @property
    def other(self) -> OtherFilm | None:
        """The film shown beside the chosen one."""
        return self._other

    @property
    def has_lost_film(self) -> bool:
        """Whether the chosen film was read once and cannot be read now."""
        return not self.lost.isHidden()

    def show_result(self, result: CaseResult | None, *, ahead: Sequence[CaseResult] = ()) -> None:
        """Show this result's film; the film before it goes at once, so that no film stands by another's words.

        Where it is the film that is shown already, only its heat is shown, changed or taken away.

        Args:
            result: None shows none.
            ahead: Those that may be asked for next, the likeliest first.
        """
        before, self._result = self._result, result
        score = result.score if result is not None else None
        self.heat_bar.show_score(score)
        self._describe()
        if result is not None and before is not None and result.path == before.path:
            if self.film.picture is not None and score is not before.score:
                self.film.show_heat(_heat_layer(score, self.film.picture))
            return
        self.offer_others(())
        self._forget_lost()
        if result is None:
            self._loader.forget()
            self.film.show_message(self.tr("Choose a film from the list."))
        elif result.status is CaseStatus.FAILED and result.reason is not None:
            self._loader.forget()
            self.film.show_message(reason_sentence(result.reason))
        else:
            self.film.show_message("")
            readable = [self._place(other) for other in ahead if other.status is not CaseStatus.FAILED]
            self._loader.request(self._place(result), ahead=readable)
        self._show_titles()

    def look_again(self) -> None:
        """Try anew to read the chosen film, where it could not be read."""
        if self._result is not None and self.has_lost_film:
            self._forget_lost()
            self.film.show_message("")
            self._loader.request(self._place(self._result))

    def offer_others(self, others: Sequence[OtherFilm]) -> None:
        """Offer films to compare the chosen one with, such as earlier ones of the same patient."""
        self.film_bar.show_others(len(others))
        self.others_offered.emit(tuple(others))

    def compare_with(self, path: Path, title: str, score: Score | None = None) -> None:
        """Show another film beside the chosen one, moved and windowed with it, until `stop_comparing`."""
        self._other = OtherFilm(path, title, score)
        self.beside.show_message("")
        self.beside.show()
        self._show_titles()
        self._loader.request_beside(path)
        self.comparing_changed.emit(True)

    def keep_beside(self) -> None:
        """Keep the chosen film beside those that are chosen after it; a second time puts it away."""
        if self.comparing:
            self.stop_comparing()
        elif self._result is not None and self.film.has_film:
            self.compare_with(self._place(self._result), self._result.path.name, self._result.score)
        else:
            self.comparing_changed.emit(False)

    def stop_comparing(self) -> None:
        """Show the chosen film alone."""
        self._other = None
        self._loader.request_beside(None)
        self.beside.hide()
        self.beside.show_message("")
        self._show_titles()
        self.comparing_changed.emit(False)

    def set_bare(self, bare: bool) -> None:
        """Show the films without heat for as long as this is on."""
        for view in (self.film, self.beside):
            view.set_bare(bare)

    def set_tool(self, tool: Tool) -> None:
        """Choose what the left button of the mouse does; the tool in the hand is put away."""
        chosen = Tool.MOVE if tool is self.film.tool else tool
        for view in (self.film, self.beside):
            view.set_tool(chosen)

    def _connect(self) -> None:
        link_views(self.film, self.beside)
        self.film.changed.connect(self._describe)
        for view in (self.film, self.beside):
            view.pointed.connect(lambda view=view: self.film_bar.show_pointed(view))
        self.film_bar.window_entered.connect(lambda center, width: self.film.set_window(center=center, width=width))
        self.heat_bar.style_changed.connect(self._set_style)
        self._loader.film_loaded.connect(self._show_film)
        self._loader.film_failed.connect(self._show_problem)
        self.lost.again_asked.connect(self.look_again)
        self.lost.found.connect(self._take_found)
        self.lost.refused.connect(self._refuse_found)

    def _show_film(self, path: Path, picture: FilmPicture) -> None:
        if self._is_chosen(path) and self._result is not None and self.film.picture is not picture:
            self.film.show_film(picture, _heat_layer(self._result.score, picture))
            align(self.film, self.beside)
        if self._other is not None and self._other.path == path and self.beside.picture is not picture:
            self.beside.show_film(picture, _heat_layer(self._other.score, picture))
            align(self.beside, self.film)

    def _show_problem(self, path: Path, sentence: str) -> None:
        if self._is_chosen(path) and self._result is not None:
            self.film.show_message(f"{sentence}\n\n{path}")
            self.lost.offer(self._result)
            self.lost_changed.emit(True)
        if self._other is not None and self._other.path == path:
            self.beside.show_message(sentence)

    def _place(self, result: CaseResult) -> Path:
        """Where a result's film lies now, as far as one knows."""
        return self._found.get(result.path, result.path)

    def _is_chosen(self, path: Path) -> bool:
        return self._result is not None and self._place(self._result) == path

    def _take_found(self, result: CaseResult, file: Path) -> None:
        self._found[result.path] = file
        if self._result is not None and self._result.path == result.path:
            self.look_again()

    def _refuse_found(self, result: CaseResult, sentence: str) -> None:
        if self._result is not None and self._result.path == result.path and self.has_lost_film:
            self.film.show_message(f"{sentence}\n\n{self._place(result)}")

    def _forget_lost(self) -> None:
        self.lost.hide()
        self.lost_changed.emit(False)

    def _show_titles(self) -> None:
        both = self._other is not None and self._result is not None
        self.film.show_title(self._result.path.name if both and self._result is not None else "")
        self.beside.show_title(self._other.title if self._other is not None else "")

    def _set_style(self, style: HeatStyle) -> None:
        for view in (self.film, self.beside):
            view.set_heat(style)
        self._describe()

    def _describe(self) -> None:
        self.film_bar.show_film(self.film, self.heat_bar.style_of_heat, has_heat=self.heat_bar.heat_available)


def _heat_layer(score: Score | None, picture: FilmPicture) -> HeatLayer | None:
    if score is None:
        return None
    return HeatLayer(score.heat, score.lungs, rows=picture.rows, columns=picture.columns)
