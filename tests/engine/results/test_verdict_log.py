from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.results.store import Store
from engine.results.verdicts import Reader, ReaderVerdict, ReadingMode, Verdict
from tests.engine.results.made_up import make_run, make_scored

PNEUMONIA, NONE, OTHER = Verdict.PNEUMONIA, Verdict.NO_PNEUMONIA, Verdict.OTHER_FINDING
OPEN, BLIND = ReadingMode.OPEN, ReadingMode.BLIND


@dataclass
class Desk:
    """A store with one session of three films and a reader."""

    store: Store
    session_id: int
    films: list[int]
    reader: Reader

    def give(
        self, verdict: Verdict, film: int = 0, *, mode: ReadingMode = OPEN, reader: Reader | None = None, note: str = ""
    ) -> ReaderVerdict:
        return self.store.verdicts.give(
            verdict,
            film_id=self.films[film],
            session_id=self.session_id,
            reader=reader or self.reader,
            note=note,
            mode=mode,
        )

    def says(self, mode: ReadingMode | None = None) -> list[tuple[str, Verdict | None]]:
        return [(entry.reader.initials, entry.verdict) for entry in self.store.verdicts.standing(self.session_id, mode)]


def sit_down(store: Store, run: str = "run") -> Desk:
    session_id = store.sessions.start(make_run(run), []).session_id
    films = store.results.add(session_id, [make_scored(index, 0.5) for index in range(3)])
    return Desk(store, session_id, films, store.verdicts.reader("AB"))


@pytest.fixture
def desk(store: Store) -> Desk:
    return sit_down(store)


def test_readers_are_known_by_initials_whatever_their_case(store: Store) -> None:
    first = store.verdicts.reader(" Ab ")
    assert first.initials == "Ab"
    assert store.verdicts.reader("AB") == first
    assert store.verdicts.reader("CD") != first
    assert [reader.initials for reader in store.verdicts.readers()] == ["Ab", "CD"]


@pytest.mark.parametrize("initials", ["", "  ", "ABCDEFGHI", "A\nB"])
def test_strange_initials_are_refused(store: Store, initials: str) -> None:
    with pytest.raises(ValueError, match="initials"):
        store.verdicts.reader(initials)
    assert store.verdicts.readers() == []


def test_a_verdict_comes_back_as_it_was_given(desk: Desk) -> None:
    given = desk.give(OTHER, note="<b>rib</b>; old\nfracture", mode=BLIND)
    assert given.verdict is OTHER
    assert (given.note, given.mode, given.supersedes, given.undoes) == ("<b>rib</b>; old\nfracture", BLIND, None, None)
    assert (given.film_id, given.session_id, given.reader) == (desk.films[0], desk.session_id, desk.reader)
    assert given.at.utcoffset() is not None
    assert desk.store.verdicts.of_film(desk.films[0]) == [given]
    assert desk.store.verdicts.standing(desk.session_id) == [given]


def test_the_last_verdict_of_each_reader_stands(desk: Desk) -> None:
    other = desk.store.verdicts.reader("CD")
    first = desk.give(PNEUMONIA)
    desk.give(NONE, reader=other)
    second = desk.give(NONE)
    desk.give(PNEUMONIA, film=1)
    assert second.supersedes == first.verdict_id
    assert desk.says() == [("CD", NONE), ("AB", NONE), ("AB", PNEUMONIA)]
    assert [entry.verdict for entry in desk.store.verdicts.of_film(desk.films[0])] == [PNEUMONIA, NONE, NONE]


def test_undo_lets_the_verdict_before_stand_again(desk: Desk) -> None:
    first, second, third = desk.give(PNEUMONIA), desk.give(NONE), desk.give(OTHER)
    standing = []
    for entry in (third, second, first):
        desk.store.verdicts.take_back(entry.verdict_id)
        standing.append([verdict for _, verdict in desk.says()])
    assert standing == [[NONE], [PNEUMONIA], []]
    history = desk.store.verdicts.of_film(desk.films[0])
    assert [entry.verdict for entry in history] == [PNEUMONIA, NONE, OTHER, None, None, None]
    assert [entry.undoes for entry in history[3:]] == [third.verdict_id, second.verdict_id, first.verdict_id]
    again = desk.give(PNEUMONIA)
    assert again.supersedes is None
    assert desk.says() == [("AB", PNEUMONIA)]


def test_a_verdict_is_taken_back_once(desk: Desk) -> None:
    entry = desk.give(PNEUMONIA)
    desk.store.verdicts.take_back(entry.verdict_id)
    desk.store.verdicts.take_back(entry.verdict_id)
    assert len(desk.store.verdicts.of_film(desk.films[0])) == 2


def test_a_blind_verdict_is_still_there_after_the_answer_was_seen(desk: Desk) -> None:
    blind = desk.give(NONE, mode=BLIND)
    changed = desk.give(PNEUMONIA, mode=OPEN)
    assert desk.says() == [("AB", PNEUMONIA)]
    assert desk.says(BLIND) == [("AB", NONE)]
    assert desk.says(OPEN) == [("AB", PNEUMONIA)]
    desk.store.verdicts.take_back(changed.verdict_id)
    assert desk.says() == desk.says(BLIND) == [("AB", NONE)]
    desk.store.verdicts.take_back(blind.verdict_id)
    assert desk.says() == desk.says(BLIND) == []


def test_a_verdict_goes_with_the_film_but_a_blind_reading_with_its_session(store: Store) -> None:
    first = sit_down(store, "first")
    first.give(PNEUMONIA, mode=BLIND)
    second = sit_down(store, "second")
    assert second.films == first.films
    assert second.says() == [("AB", PNEUMONIA)]
    assert second.says(BLIND) == []
    assert second.give(NONE, mode=BLIND).supersedes is not None
    assert (first.says(BLIND), second.says(BLIND)) == ([("AB", PNEUMONIA)], [("AB", NONE)])


def test_verdicts_are_only_added(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    with Store(path) as store:
        sit_down(store).give(PNEUMONIA)
    connection = sqlite3.connect(path)
    with pytest.raises(sqlite3.IntegrityError, match="only added"):
        connection.execute("UPDATE verdicts SET verdict = 'no_pneumonia'")
    connection.close()


def test_a_verdict_survives_in_a_store_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "r.sqlite"
    with Store(path) as store:
        given = sit_down(store).give(PNEUMONIA, note="seen")
    with Store(path) as store:
        assert store.verdicts.standing(given.session_id) == [given]


def test_what_stands_on_a_film_is_the_last_verdict_of_each_reader_of_any_session(desk: Desk) -> None:
    other = desk.store.verdicts.reader("CD")
    desk.give(PNEUMONIA)
    desk.give(NONE, reader=other)
    last = desk.give(OTHER)
    desk.give(NONE, 1)
    assert [(entry.reader.initials, entry.verdict) for entry in desk.store.verdicts.standing_on(desk.films[0])] == [
        ("CD", NONE),
        ("AB", OTHER),
    ]
    desk.store.verdicts.take_back(last.verdict_id)
    assert [entry.verdict for entry in desk.store.verdicts.standing_on(desk.films[0])] == [PNEUMONIA, NONE]


def test_films_that_a_reader_judged_now_and_ever(desk: Desk) -> None:
    other = desk.store.verdicts.reader("CD")
    desk.give(PNEUMONIA, 0)
    taken_back = desk.give(PNEUMONIA, 1)
    desk.give(PNEUMONIA, 2, reader=other)
    desk.store.verdicts.take_back(taken_back.verdict_id)
    assert desk.store.verdicts.films(desk.reader) == {desk.films[0]}
    assert desk.store.verdicts.films(desk.reader, standing=False) == {desk.films[0], desk.films[1]}
    assert desk.store.verdicts.films(other) == {desk.films[2]}
