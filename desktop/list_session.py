"""One list from its drop to its table: screened, kept, judged, exported, and opened again another day."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from desktop.export import CsvExport
from desktop.keeper import Keeper
from desktop.pace import Progress
from desktop.screening import Screening
from desktop.worklist.worklist import Worklist
from engine.errors import ModelError
from engine.model.card import PointsByAge
from engine.model.pack import ModelPack
from engine.results.columns import KeyColumns
from engine.results.running import is_running
from engine.results.sessions import Session
from engine.results.store import own_store
from engine.screening.case import CaseResult, RunInfo
from engine.screening.pipeline import start_run
from engine.version import __version__


class ListSession(QObject):
    """Fills the work list, one list at a time.

    Without a model nothing is screened, but what was kept can be opened. A list of another model keeps the bands it
    was given, since the operating points of this one mean nothing there.
    """

    begun = Signal()
    progressed = Signal(Progress)
    said = Signal(str)
    point_changed = Signal()

    def __init__(self, pack: ModelPack | None, keeper: Keeper, worklist: Worklist, *, point: str = "") -> None:
        """`point` is the name of the operating point to begin with."""
        super().__init__(worklist)
        self._pack, self._keeper, self._worklist = pack, keeper, worklist
        self._points = _known_points(pack, point)
        self._run: RunInfo | None = None
        self._session_id: int | None = None
        self._reopened: Session | None = None
        self._reading = False
        self.export = CsvExport(self)
        self.export.failed.connect(self.said)
        self.screening = Screening(pack, keeper, self) if pack is not None else None
        keeper.session_changed.connect(self._remember_session)
        keeper.results_read.connect(self._add_read)
        keeper.session_read.connect(self._finish_reading)
        if self.screening is not None:
            self.screening.cases_finished.connect(worklist.add)
            self.screening.progressed.connect(self.progressed)
            self.screening.failed.connect(self.said)
            self.screening.finished.connect(self._finish_screening)

    @property
    def point_name(self) -> str:
        """The operating point that is chosen; empty without a model."""
        return self._points.name if self._points else ""

    @property
    def session_id(self) -> int | None:
        """The store's number of the list; None where it is not kept."""
        return self._session_id

    @property
    def busy(self) -> bool:
        """Whether films come into the list: screened, or read from the store."""
        return self._reading or (self.screening is not None and self.screening.running)

    @property
    def is_of_this_model(self) -> bool:
        """Whether the model at work scored the list, so that its operating points and figures hold for it."""
        return self._run is None or (self._pack is not None and self._run.model_sha256 == self._pack.sha256)

    @property
    def points(self) -> PointsByAge | None:
        """The operating point that is chosen; None where the list is another model's."""
        return self._points if self.is_of_this_model else None

    def screen(self, paths: Sequence[Path], *, default_age: float | None = None) -> None:
        """Screen files and folders: as a new list, or added to the list being screened.

        `default_age` is the age in years, of a new list, that films without one are scored at.
        """
        if self.screening is None or self._pack is None:
            return
        if self.screening.running:
            self._keeper.add_dropped(paths)
        else:
            self._begin(start_run(self._pack))
            assert self._run is not None
            self._keeper.start_session(self._run, paths, default_age)
        self.screening.start(paths, self.point_name or None, default_age)

    def reopen(self, session: Session) -> None:
        """Show a kept list again, and go on with it where it was cut off; nothing while films are being screened."""
        if self.screening is None or not self.screening.running:
            self._begin(session.run)
            self._reopened, self._reading = session, True
            self._keeper.reopen(session.session_id)

    def leave(self) -> None:
        """Show no list any more; nothing while films are being screened."""
        if self.screening is None or not self.screening.running:
            self._run, self._session_id, self._reopened, self._reading = None, None, None, False
            self._worklist.start_new()

    def tell_total(self) -> None:
        """Say how many films the list has, while none come in."""
        not_scored = sum(self._worklist.model.reasons.values())
        done = self._worklist.model.total
        self.progressed.emit(
            Progress(
                done=done,
                total=done,
                not_scored=not_scored,
                films_per_second=None,
                seconds_left=None,
                running=False,
                paused=False,
            )
        )

    def can_go_on(self, session: Session) -> bool:
        """Whether a kept list was cut off, by the model and the program that are at work now."""
        return self._lacks_films(session) and not self._is_running(session)

    def choose_point(self, name: str) -> None:
        """Show bands at this operating point from now on."""
        self._points = _known_points(self._pack, name)
        if self.points is not None:
            self._worklist.judge_at(self.points)
        self.point_changed.emit()

    def export_csv(self, path: Path) -> None:
        """Write the whole list, in the order the files were found, with what its readers say."""
        if self._session_id is not None:
            self.export.start_kept(path, self._session_id, self.points)
        elif self._run is not None:
            self.export.start_unkept(path, self._run, self._worklist.model.results)

    def close(self) -> None:
        """Stop screening: no child process is left, and the keeper ends when it has kept what was done."""
        if self.screening is not None:
            self.screening.close()
        self._keeper.end()

    def _lacks_films(self, session: Session) -> bool:
        if session.ended_at is not None or self._pack is None or self.screening is None:
            return False
        return session.run.model_sha256 == self._pack.sha256 and session.run.app_version == __version__

    def _is_running(self, session: Session) -> bool:
        return is_running(self._keeper.path or own_store(), session.session_id)

    def _begin(self, run: RunInfo) -> None:
        self._run, self._session_id, self._reopened, self._reading = run, None, None, False
        self._worklist.start_new(self.points)
        self.begun.emit()

    def _remember_session(self, session_id: int | None) -> None:
        self._session_id = session_id

    def _finish_screening(self) -> None:
        assert self.screening is not None
        if self.screening.completed:
            self._keeper.end_session()
            if not self._worklist.model.total:
                self.said.emit(self.tr("There are no files in there. Choose another folder."))
        else:
            self._keeper.forget_session()
        self._worklist.settle()

    def _add_read(self, session_id: int, results: list[CaseResult], columns: KeyColumns) -> None:
        if self._reopened is not None and self._reopened.session_id == session_id:
            self._worklist.add(results, columns)

    def _finish_reading(self, session_id: int) -> None:
        if self._reopened is None or self._reopened.session_id != session_id:
            return
        self._reading = False
        self._worklist.settle()
        if self.can_go_on(self._reopened):
            self._go_on_with(self._reopened)
            return
        self.tell_total()
        if self._lacks_films(self._reopened):
            self.said.emit(
                self.tr(
                    "Another Mapafu is still screening this list. "
                    "To see all of it, start this one again once that is done."
                )
            )

    def _go_on_with(self, session: Session) -> None:
        assert self.screening is not None
        self._reopened = None
        self._keeper.go_on_with(session.session_id)
        done = self._worklist.model.results
        self.screening.start(session.dropped, self.point_name or None, session.default_age, done=done)
        self.said.emit(self.tr("This list was cut off. Its other films are screened now."))


def _known_points(pack: ModelPack | None, name: str) -> PointsByAge | None:
    """The operating point of this name, or the model's first where it has none of this name."""
    if pack is None:
        return None
    try:
        return pack.card.points(name or None)
    except ModelError:
        return pack.card.points()
