"""Screening beside the window: a thread runs the engine's generator, a timer has its results kept, and then they
are handed on.

A drop while nothing is being screened starts a new list. A drop during a screening asks nothing either: it
waits its turn, and its films are added to the list; films that the list already holds are not repeated.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from queue import SimpleQueue

from PySide6.QtCore import QObject, QTimer, Signal

from desktop.keeper import Keeper, take_all
from desktop.pace import Pace, Progress
from engine.errors import MapafuError, StoreError
from engine.films.discovery import discover
from engine.machine import means
from engine.model.pack import ModelPack
from engine.paths import data_folder
from engine.results.columns import KeyColumns
from engine.results.store import Store
from engine.screening.case import CaseResult
from engine.screening.identity import load_secret
from engine.screening.pipeline import screen, start_run
from engine.screening.requests import ScorerSettings
from engine.screening.worker import Limits

_PUMP_MS = 60
_REPORT_SECONDS = 0.2  # numbers that change faster cannot be read
_CLOSE_SECONDS = 10.0


class Screening(QObject):
    """Runs one screening at a time.

    Signals come in batches, a few times a second, so that fast films do not flood the window. `cases_finished` has
    results that are kept, and what a list sorts them by; when `finished` comes, all of them are. `folders_found` has
    the folders among what was dropped.
    """

    cases_finished = Signal(list, KeyColumns)
    progressed = Signal(Progress)
    finished = Signal()
    failed = Signal(str)
    folders_found = Signal(list)

    def __init__(
        self, pack: ModelPack, keeper: Keeper, parent: QObject | None = None, *, limits: Limits | None = None
    ) -> None:
        super().__init__(parent)
        self._pack = pack
        self._keeper = keeper
        self._limits = limits
        self._operating_point: str | None = None
        self._default_age: float | None = None
        self._job: _Job | None = None
        self._waiting: list[Sequence[Path]] = []
        self._screened: set[Path] = set()
        self._unkept = 0
        self._completed = False
        self._cut_off = False
        self._pace = Pace()
        self._reported = 0.0
        self._pump_timer = QTimer(self)
        self._pump_timer.setInterval(_PUMP_MS)
        self._pump_timer.timeout.connect(self._pump)
        keeper.results_kept.connect(self._hand_on)

    @property
    def running(self) -> bool:
        """Whether films are being screened or wait for it."""
        return self._job is not None

    @property
    def completed(self) -> bool:
        """Whether the last screening came to its end, with no drop of it cut off."""
        return self._completed

    @property
    def paused(self) -> bool:
        """Whether the screening rests between two films."""
        return self._job is not None and not self._job.may_go_on.is_set()

    def start(
        self,
        dropped: Sequence[Path],
        operating_point: str | None = None,
        default_age: float | None = None,
        *,
        done: Sequence[CaseResult] = (),
    ) -> None:
        """Screen what was dropped: as a new list when idle, or added to the list being screened.

        `default_age` is the age in years of patients whose film tells none. A list has one operating point and one
        default age from its first drop to its last. `done` is what a list that is gone on with has already.
        """
        if self._job is not None:
            self._waiting.append(tuple(dropped))
            return
        self._operating_point = operating_point
        self._default_age = default_age
        self._cut_off = False
        self._screened = {result.path for result in done}
        self._pace = Pace()
        self._pace.take_over(done)
        self._begin(dropped, first_index=1 + max((result.index for result in done), default=-1))
        self._pump_timer.start()

    def pause(self) -> None:
        """Rest after the film being read."""
        if self._job is not None:
            self._job.may_go_on.clear()
            self._pace.rest()
            self._report()

    def go_on(self) -> None:
        """Continue after a rest."""
        if self._job is not None:
            self._pace.go_on()
            self._job.may_go_on.set()
            self._report()

    def cancel(self) -> None:
        """Stop soon, and forget what waits; results so far stay."""
        self._waiting.clear()
        if self._job is not None:
            self._job.stop()

    def close(self) -> None:
        """Stop, and wait until the child process has ended. No signal comes afterwards."""
        self.cancel()
        self._pump_timer.stop()
        if self._job is not None:
            self._job.thread.join(_CLOSE_SECONDS)
            self._tell_folders(self._job)
            self._keeper.add(self._job.take_results())
            self._job = None

    def _begin(self, dropped: Sequence[Path], *, first_index: int) -> None:
        settings = ScorerSettings(
            model=self._pack.path,
            model_sha256=self._pack.sha256,
            model_unsigned=self._pack.unsigned,
            operating_point=self._operating_point,
            default_age=self._default_age,
            threads=means().threads,
        )
        self._job = _Job(
            dropped, settings, self._limits, frozenset(self._screened), first_index, self._pack, self._keeper.path
        )
        self._report()
        self._job.thread.start()

    def _pump(self) -> None:
        """Have kept what has come in since the last time."""
        job = self._job
        if job is None:
            return
        ended = not job.thread.is_alive()  # asked first: what came before the end is then in the queue
        self._tell_folders(job)
        results = job.take_results()
        if results or ended:
            self._unkept += len(results)
            self._keeper.add(results)
        if time.monotonic() - self._reported > _REPORT_SECONDS:
            self._report()
        if ended and not self._unkept:
            self._end(job)

    def _hand_on(self, results: list[CaseResult], columns: KeyColumns) -> None:
        if self._job is None:
            return
        self._unkept -= len(results)
        self._screened.update(result.path for result in results)
        self._pace.add(results)
        self.cases_finished.emit(results, columns)

    def _tell_folders(self, job: _Job) -> None:
        folders = take_all(job.folders)
        if folders:
            self.folders_found.emit(folders)

    def _end(self, job: _Job) -> None:
        self._pace.close_batch()
        self._cut_off |= job.stopped
        if job.problem is None and self._waiting:
            self._begin(self._waiting.pop(0), first_index=job.next_index)
            return
        self._job = None
        self._completed = job.problem is None and not self._cut_off
        self._waiting.clear()
        self._pump_timer.stop()
        self._report()
        if job.problem is not None:
            self.failed.emit(job.problem)
        self.finished.emit()

    def _report(self) -> None:
        self._reported = time.monotonic()
        total = self._job.total if self._job is not None else None
        self.progressed.emit(self._pace.progress(total, running=self.running, paused=self.paused))


class _Job:
    """One drop on its way through the engine, in a thread of its own. Knows nothing of Qt."""

    def __init__(
        self,
        dropped: Sequence[Path],
        settings: ScorerSettings,
        limits: Limits | None,
        leave_out: frozenset[Path],
        first_index: int,
        pack: ModelPack,
        store: Path | None,
    ) -> None:
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.total: int | None = None
        self.problem: str | None = "The screening stopped unexpectedly. What was done is kept. Start again."
        self.thread = threading.Thread(target=self._run, name="mapafu-screening", daemon=True)
        self._dropped = dropped
        self._settings = settings
        self._limits = limits
        self._leave_out = leave_out
        self._first_index = first_index
        self._pack = pack
        self._store = store
        self._stop = threading.Event()
        self._results: SimpleQueue[CaseResult] = SimpleQueue()
        self.folders: SimpleQueue[Path] = SimpleQueue()

    @property
    def next_index(self) -> int:
        """The index of the first film after this drop."""
        return self._first_index + (self.total or 0)

    @property
    def stopped(self) -> bool:
        """Whether it was told to end."""
        return self._stop.is_set()

    def stop(self) -> None:
        """End soon."""
        self._stop.set()
        self.may_go_on.set()

    def take_results(self) -> list[CaseResult]:
        """The results since the last call."""
        return take_all(self._results)

    def _run(self) -> None:
        try:
            self._screen()
            self.problem = None
        except MapafuError as error:
            self.problem = error.sentence

    def _screen(self) -> None:
        for path in self._dropped:
            if path.is_dir():
                self.folders.put(path)
        files = discover(self._dropped, leave_out=self._leave_out, should_stop=self._stop.is_set)
        self.total = len(files)
        if not files:
            return
        settings = replace(self._settings, secret=load_secret(data_folder()))
        with contextlib.ExitStack() as stack:
            known: Callable[[str], CaseResult | None] | None = None
            with contextlib.suppress(StoreError):  # without a store every film is scored
                known = self._known_films(stack.enter_context(Store(self._store)))
            for result in screen(files, settings, limits=self._limits, should_stop=self._stop.is_set, known=known):
                self._results.put(replace(result, index=result.index + self._first_index))
                self.may_go_on.wait()

    def _known_films(self, store: Store) -> Callable[[str], CaseResult | None]:
        run, points = start_run(self._pack), self._pack.card.points(self._settings.operating_point)

        def known(sha256: str) -> CaseResult | None:
            with contextlib.suppress(StoreError):  # what cannot be looked up is scored
                stored = store.results.known(sha256, run=run, default_age=self._settings.default_age)
                return None if stored is None else stored.result.judged_at(points)
            return None

        return known
