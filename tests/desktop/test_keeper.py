from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop.bookkeeper import GivenVerdict, ReaderFilms
from desktop.keeper import Keeper
from engine.reasons import Reason
from engine.results.columns import KeyColumns, RowFilter
from engine.results.marks import MarkKind
from engine.results.store import FILE_NAME, Store
from engine.results.verdicts import Reader, ReaderVerdict, ReadingMode, Verdict
from engine.screening.case import Band, CaseResult
from tests.engine.results.damage import damage_page_of
from tests.engine.results.made_up import make_run, make_scored, make_unscored

_RESULTS = [make_scored(0, 0.9), make_unscored(1, Reason.BLANK), make_scored(2, 0.3)]


class _Listener:
    """Writes down what a keeper says, and how many results were in the store by then."""

    def __init__(self, keeper: Keeper, path: Path) -> None:
        self.results: list[CaseResult] = []
        self.columns = KeyColumns.of_results([], [])
        self.in_store: list[int] = []
        self.sessions: list[int | None] = []
        self.problems: list[str] = []
        self._path = path
        keeper.results_kept.connect(self._take)
        keeper.results_read.connect(lambda _session, results, columns: self._take(results, columns))
        keeper.session_changed.connect(self.sessions.append)
        keeper.failed.connect(self.problems.append)

    def _take(self, results: list[CaseResult], columns: KeyColumns) -> None:
        self.results += results
        self.columns = self.columns.followed_by(columns)
        if self._path.is_file():
            with Store(self._path) as store:
                self.in_store.append(sum(session.results for session in store.sessions.newest(9)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / FILE_NAME


@pytest.fixture
def keeper(qapp: object, path: Path) -> Iterator[Keeper]:
    made = Keeper(path)
    yield made
    made.close()


@pytest.fixture
def listener(keeper: Keeper, path: Path) -> _Listener:
    return _Listener(keeper, path)


@pytest.fixture
def reported(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The errors that went the way of those that end a thread."""
    kinds: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: kinds.append(args.exc_type.__name__))
    return kinds


def _run_out(*_args: object, **_kwargs: object) -> None:
    raise MemoryError


def test_what_is_handed_on_is_in_the_store(qtbot: QtBot, keeper: Keeper, listener: _Listener) -> None:
    keeper.start_session(make_run(), [Path("/films")], 4.0)
    keeper.add(_RESULTS[:2])
    keeper.add(_RESULTS[2:])
    keeper.end_session()
    qtbot.waitUntil(lambda: len(listener.results) == 3, timeout=10_000)
    assert listener.results == _RESULTS
    assert listener.in_store[-1] == 3
    assert (listener.columns.film_id > 0).all()
    assert listener.problems == []


def test_a_session_has_what_was_dropped_its_age_and_its_end(qtbot: QtBot, keeper: Keeper, path: Path) -> None:
    keeper.start_session(make_run(), [Path("/films")], 4.0)
    keeper.add_dropped([Path("/more")])
    keeper.add(_RESULTS)
    keeper.end_session()
    keeper.close()  # finishes what was asked
    with Store(path) as store:
        (session,) = store.sessions.newest()
    assert session.results == 3
    assert session.dropped == (Path("/films"), Path("/more"))
    assert session.default_age == 4.0
    assert session.ended_at is not None


def test_a_film_brings_its_marks_to_the_next_list(qtbot: QtBot, keeper: Keeper, listener: _Listener) -> None:
    keeper.start_session(make_run("one"), [])
    keeper.add(_RESULTS)
    qtbot.waitUntil(lambda: len(listener.results) == 3, timeout=10_000)
    film = int(listener.columns.film_id[2])
    with qtbot.waitSignal(keeper.mark_put, timeout=10_000) as put:
        keeper.put_mark(MarkKind.FLAG, film, on=True)
    assert put.args == [MarkKind.FLAG, film, True]
    keeper.start_session(make_run("two"), [])
    keeper.add(_RESULTS)
    qtbot.waitUntil(lambda: len(listener.results) == 6, timeout=10_000)
    assert listener.columns.flagged.tolist() == [False, False, False, False, False, True]
    assert not listener.columns.read.any()


def test_without_a_store_the_list_goes_on_and_one_sentence_says_so(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / FILE_NAME
    keeper = Keeper(path)
    listener = _Listener(keeper, path)
    keeper.open()
    keeper.start_session(make_run(), [])
    keeper.add(_RESULTS)
    keeper.end_session()
    qtbot.waitUntil(lambda: len(listener.results) == 3, timeout=10_000)
    film = int(listener.columns.film_id[0])
    with qtbot.waitSignal(keeper.mark_put, timeout=10_000):
        keeper.put_mark(MarkKind.READ, film, on=True)
    keeper.close()
    assert listener.sessions == [None]
    assert len(listener.problems) == 1
    assert listener.problems[0].endswith(".")


def test_a_store_that_another_program_holds_costs_the_keeping_and_not_the_list(
    qtbot: QtBot, keeper: Keeper, listener: _Listener, path: Path
) -> None:
    keeper.start_session(make_run(), [])
    qtbot.waitUntil(lambda: len(listener.sessions) == 2, timeout=10_000)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    keeper.add(_RESULTS)
    qtbot.waitUntil(lambda: len(listener.results) == 3, timeout=20_000)
    other.execute("ROLLBACK")
    other.close()
    keeper.add([make_scored(3, 0.5)])
    qtbot.waitUntil(lambda: len(listener.results) == 4, timeout=10_000)
    assert listener.columns.film_id.tolist() == [-1, -2, -3, -4]
    assert listener.sessions[-1] is None
    assert len(listener.problems) == 1


def test_a_session_that_cannot_be_gone_on_with_is_kept_no_more(
    qtbot: QtBot, keeper: Keeper, listener: _Listener, path: Path
) -> None:
    with Store(path) as other:
        session_id = other.sessions.start(make_run(), []).session_id
        keeper.go_on_with(session_id)
        keeper.add(_RESULTS)
        qtbot.waitUntil(lambda: len(listener.results) == 3, timeout=10_000)
        assert other.sessions.get(session_id).results == 0
    assert listener.sessions == [None]
    assert listener.problems == ["This screening is still running in another Mapafu. Wait until it has ended."]
    assert listener.columns.film_id.tolist() == [-1, -2, -3]


def test_a_kept_session_is_read_again(qtbot: QtBot, path: Path) -> None:
    results = [make_scored(index, index / 1300) for index in range(1200)]  # more than two pages
    with Store(path) as store:
        session_id = store.sessions.start(make_run(), []).session_id
        films = store.results.add(session_id, results)
        store.marks.put(MarkKind.READ, films[:600])
    keeper = Keeper(path)
    listener = _Listener(keeper, path)
    with qtbot.waitSignal(keeper.session_found, timeout=10_000) as found:
        keeper.open()
    assert found.args[0].results == 1200
    with qtbot.waitSignal(keeper.session_read, timeout=10_000):
        keeper.reopen(session_id)
    keeper.close()
    assert [result.index for result in listener.results] == list(range(1200))
    assert listener.columns.read.tolist() == [True] * 600 + [False] * 600
    assert listener.sessions == [session_id]


def test_a_new_list_ends_the_reading_of_an_old_one(qtbot: QtBot, path: Path) -> None:
    with Store(path) as store:
        session_id = store.sessions.start(make_run("old"), []).session_id
        store.results.add(session_id, [make_scored(index, 0.5) for index in range(1200)])
    keeper = Keeper(path)
    read: list[int] = []
    keeper.session_read.connect(read.append)
    keeper.reopen(session_id)
    keeper.start_session(make_run("new"), [])
    with qtbot.waitSignal(keeper.results_kept, timeout=10_000):
        keeper.add(_RESULTS)
    keeper.close()
    assert read == []


def test_filters_are_kept_by_name(qtbot: QtBot, keeper: Keeper, path: Path) -> None:
    rows = RowFilter(read=False, bands=frozenset({Band.POSITIVE}))
    with qtbot.waitSignal(keeper.filters_changed, timeout=10_000) as told:
        keeper.save_filter("mine", rows)
    assert told.args == [{"mine": rows}]
    with qtbot.waitSignal(keeper.filters_changed, timeout=10_000) as told:
        keeper.delete_filter("mine")
    assert told.args == [{}]


class _Desk:
    """Writes down what a keeper says of readers and verdicts."""

    def __init__(self, keeper: Keeper) -> None:
        self.seated: list[ReaderFilms] = []
        self.readers: list[list[Reader]] = []
        self.told: list[tuple[int, list[ReaderVerdict]]] = []
        keeper.reader_chosen.connect(self.seated.append)
        keeper.readers_changed.connect(self.readers.append)
        keeper.verdicts_told.connect(lambda film_id, entries: self.told.append((film_id, entries)))


def _kept_films(path: Path) -> tuple[int, list[int]]:
    with Store(path) as store:
        session_id = store.sessions.start(make_run(), []).session_id
        return session_id, store.results.add(session_id, _RESULTS)


def test_verdicts_are_kept_told_and_taken_back(qtbot: QtBot, keeper: Keeper, path: Path) -> None:
    session_id, films = _kept_films(path)
    desk = _Desk(keeper)
    keeper.choose_reader("AB")
    qtbot.waitUntil(lambda: len(desk.seated) == 1, timeout=10_000)
    given = GivenVerdict(
        ticket=1,
        reader=desk.seated[0].reader,
        verdict=Verdict.PNEUMONIA,
        film_id=films[0],
        session_id=session_id,
        note="base",
        mode=ReadingMode.BLIND,
    )
    keeper.give_verdict(given)
    keeper.take_back_verdict(1)
    keeper.take_back_verdict(1)  # there is nothing left to take back
    keeper.take_back_verdict(7)
    keeper.tell_verdicts(films[0])
    qtbot.waitUntil(lambda: len(desk.told) == 3, timeout=10_000)
    (film_id, (entry,)), *after = desk.told
    assert (film_id, entry.verdict, entry.note, entry.mode) == (films[0], Verdict.PNEUMONIA, "base", ReadingMode.BLIND)
    assert after == [(films[0], [])] * 2


def test_a_reader_brings_what_they_judged_and_read(qtbot: QtBot, keeper: Keeper, path: Path) -> None:
    session_id, films = _kept_films(path)
    with Store(path) as store:
        reader = store.verdicts.reader("AB")
        store.verdicts.give(Verdict.PNEUMONIA, film_id=films[0], session_id=session_id, reader=reader)
        store.marks.put(MarkKind.READ, [films[1]], reader_id=reader.reader_id)
    desk = _Desk(keeper)
    keeper.put_mark(MarkKind.READ, films[2], on=True)  # by nobody in particular, who turns out to be AB
    keeper.choose_reader("ab")
    keeper.choose_reader("CD")
    qtbot.waitUntil(lambda: len(desk.readers) == 2, timeout=10_000)
    assert desk.seated == [
        ReaderFilms(reader=reader, judged=frozenset(films[:1]), known=frozenset(films[:2]), read=frozenset(films[1:])),
        ReaderFilms(reader=desk.readers[1][1], judged=frozenset(), known=frozenset(), read=frozenset()),
    ]
    assert [known.initials for known in desk.readers[1]] == ["AB", "CD"]


def test_a_verdict_that_cannot_be_kept_is_one_sentence(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / FILE_NAME
    keeper = Keeper(path)
    listener, desk = _Listener(keeper, path), _Desk(keeper)
    keeper.choose_reader("AB")
    qtbot.waitUntil(lambda: len(listener.problems) == 1, timeout=10_000)
    keeper.close()
    assert desk.seated == []


def test_a_damaged_store_is_said_once_and_the_list_is_kept_in_a_new_one(
    qtbot: QtBot, keeper: Keeper, listener: _Listener, path: Path
) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"rubbish " * 1000)
    keeper.start_session(make_run(), [Path("/films")])
    keeper.add(_RESULTS)
    qtbot.waitUntil(lambda: len(listener.results) == 3, timeout=10_000)
    (problem,) = listener.problems
    assert problem.startswith("The kept results were damaged. 0 results and 0 verdicts could be saved")
    assert listener.in_store[-1] == 3


def test_damage_found_while_keeping_costs_the_list_nothing(
    qtbot: QtBot, keeper: Keeper, listener: _Listener, path: Path
) -> None:
    with Store(path) as store:
        store.results.add(store.sessions.start(make_run("old"), []).session_id, _RESULTS)
    damage_page_of(path, "results_by_film")
    keeper.start_session(make_run("new"), [Path("/films")])
    keeper.add(_RESULTS)
    qtbot.waitUntil(lambda: len(listener.results) == 3, timeout=10_000)
    (problem,) = listener.problems
    assert "3 results and 0 verdicts could be saved" in problem
    assert listener.in_store[-1] == 6
    assert (listener.columns.film_id > 0).all()


def _given(path: Path, session_id: int, film_id: int) -> GivenVerdict:
    with Store(path) as store:
        reader = store.verdicts.reader("AB")
    return GivenVerdict(
        ticket=1,
        reader=reader,
        verdict=Verdict.PNEUMONIA,
        film_id=film_id,
        session_id=session_id,
        note="",
        mode=ReadingMode.BLIND,
    )


def test_an_error_that_nobody_foresaw_costs_one_verdict_and_is_said(
    qtbot: QtBot, keeper: Keeper, path: Path, monkeypatch: pytest.MonkeyPatch, reported: list[str]
) -> None:
    session_id, films = _kept_films(path)
    listener, desk, given = _Listener(keeper, path), _Desk(keeper), _given(path, session_id, films[0])
    with monkeypatch.context() as planted:
        planted.setattr("engine.results.verdict_log.VerdictLog.give", _run_out)
        keeper.give_verdict(given)
        qtbot.waitUntil(lambda: bool(listener.problems), timeout=10_000)
    assert listener.problems == ["Something you did just now was not kept. Look at it, and do it again."]
    assert reported == ["MemoryError"]
    keeper.give_verdict(given)
    qtbot.waitUntil(lambda: bool(desk.told), timeout=10_000)
    assert [entry.verdict for entry in desk.told[0][1]] == [Verdict.PNEUMONIA]


def test_results_that_cannot_be_kept_for_a_reason_nobody_foresaw_come_all_the_same(
    qtbot: QtBot,
    keeper: Keeper,
    listener: _Listener,
    monkeypatch: pytest.MonkeyPatch,
    reported: list[str],
) -> None:
    monkeypatch.setattr("engine.results.results.Results.add", _run_out)
    keeper.start_session(make_run(), [])
    keeper.add(_RESULTS)
    qtbot.waitUntil(lambda: len(listener.results) == 3, timeout=10_000)
    assert listener.columns.film_id.tolist() == [-1, -2, -3]
    assert listener.sessions[-1] is None
    assert listener.problems[0].startswith("The list is not kept from here on.")
    assert reported == ["MemoryError"]


def test_results_that_could_not_be_handed_on_come_with_the_next(
    qtbot: QtBot,
    keeper: Keeper,
    listener: _Listener,
    monkeypatch: pytest.MonkeyPatch,
    reported: list[str],
) -> None:
    with monkeypatch.context() as planted:
        planted.setattr(KeyColumns, "of_results", _run_out)
        keeper.start_session(make_run(), [])
        keeper.add(_RESULTS[:2])
        qtbot.waitUntil(lambda: len(listener.problems) == 2, timeout=10_000)
    keeper.add(_RESULTS[2:])
    qtbot.waitUntil(lambda: len(listener.results) == 3, timeout=10_000)
    assert listener.results == _RESULTS
    assert reported == ["MemoryError"] * 2


def test_closing_waits_for_a_verdict_behind_slow_work(
    qtbot: QtBot, keeper: Keeper, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id, films = _kept_films(path)
    given, release = _given(path, session_id, films[0]), threading.Event()
    monkeypatch.setattr(Store, "back_up", lambda *_: release.wait(60))  # a stick that is slow
    keeper.back_up(path.with_name("all.zip"))
    keeper.give_verdict(given)
    threading.Timer(10.5, release.set).start()
    keeper.close()
    with Store(path) as store:
        assert [entry.verdict for entry in store.verdicts.standing_on(films[0])] == [Verdict.PNEUMONIA]
