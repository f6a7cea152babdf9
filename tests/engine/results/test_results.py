from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from engine.errors import StoreDamagedError, StoreError
from engine.films.discovery import discover
from engine.model.pack import load_pack
from engine.reasons import Reason
from engine.results.records import from_record, to_record
from engine.results.store import Store
from engine.screening.case import CaseResult
from engine.screening.pipeline import screen, start_run
from engine.screening.requests import ScorerSettings
from tests.engine.results.made_up import make_facts, make_run, make_scored, make_unscored


def assert_same(first: CaseResult, second: CaseResult) -> None:
    """All fields, and every cell of heat and lungs to the last bit."""
    if first.score is not None:
        assert second.score is not None
        for one, other in ((first.score.heat, second.score.heat), (first.score.lungs, second.score.lungs)):
            assert (one is None) is (other is None)
            if one is not None and other is not None:
                assert one.grid.dtype == other.grid.dtype
                assert np.array_equal(one.grid, other.grid)
                assert one.box == other.box
        second = replace(second, score=replace(second.score, heat=first.score.heat, lungs=first.score.lungs))
    assert first == second
    # Equal numbers may be of different kinds, whose words differ; so do those of equal time zones.
    assert repr(replace(first, processed_at=None)) == repr(replace(second, processed_at=None))


def add(store: Store, results: Sequence[CaseResult], *, run: str = "run", **of_run: str) -> tuple[int, list[int]]:
    session_id = store.sessions.start(make_run(run, **of_run), [Path("/films")]).session_id
    return session_id, store.results.add(session_id, results)


def kept(store: Store, session_id: int) -> list[CaseResult]:
    return [stored.result for stored in store.results.of_session(session_id)]


def test_a_screening_is_reopened_as_it_was(tmp_path: Path, samples: Path) -> None:
    pack = load_pack()
    run = start_run(pack)
    settings = ScorerSettings(model=pack.path, model_sha256=pack.sha256, secret=b"s" * 32, default_age=4.5)
    path = tmp_path / "r.sqlite"
    results = []
    with Store(path) as store:
        session = store.sessions.start(run, [samples], default_age=4.5)
        for result in screen(discover([samples]), settings):
            store.results.add(session.session_id, [result])
            results.append(result)
        store.sessions.end(session.session_id)
    with Store(path) as store:
        (again,) = store.sessions.newest()
        reopened = kept(store, again.session_id)
    assert (again.run, again.dropped, again.default_age) == (run, (samples,), 4.5)
    assert again.results == len(results)
    assert again.ended_at is not None
    assert len(reopened) == len(results)
    for result, twin in zip(results, reopened, strict=True):
        assert_same(result, twin)


@pytest.mark.parametrize(
    "result",
    [
        make_scored(3, 1 / 3, facts=make_facts(acquired_at=datetime(2020, 1, 2, 3, 4, 5)), unlike_training=True),
        make_scored(3, 0.5, facts=replace(make_facts(age=None), pixel_spacing_mm=None), patient_key="ab" * 8),
        make_scored(3, 0.5, heat_size=56),
        make_unscored(0, Reason.TIMED_OUT),
        replace(make_unscored(0, Reason.NOT_AN_IMAGE), file="رئة \udcff\n.png", path=Path("/a/\udcff/b.png")),
    ],
    ids=["full", "sparse", "fine heat", "unscored", "strange name"],
)
def test_every_field_comes_back(store: Store, result: CaseResult) -> None:
    session_id, _ = add(store, [result])
    (twin,) = kept(store, session_id)
    assert_same(result, twin)
    assert store.results.columns(session_id).files == (result.file,)


def test_results_come_page_by_page_in_discovery_order(store: Store) -> None:
    results = [make_unscored(index, Reason.NOT_FOUND) for index in range(1001)]
    session_id, _ = add(store, results[::-1])
    pages = store.results.of_session(session_id)
    first = next(pages).result
    store.results.add(session_id, [make_unscored(1001, Reason.NOT_FOUND)])  # a reader in the middle stops no writer
    assert [first.index, *(stored.result.index for stored in pages)] == list(range(1002))


def test_all_or_none_are_kept(store: Store) -> None:
    session_id, _ = add(store, [make_scored(0, 0.5)])
    with pytest.raises(StoreError, match="Another Mapafu has gone on with this screening"):
        store.results.add(session_id, [make_scored(1, 0.5), make_scored(0, 0.5)])
    assert [result.index for result in kept(store, session_id)] == [0]


def test_a_result_of_no_session_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="deleted meanwhile"):
        store.results.add(7, [make_scored(0, 0.5)])


def test_the_same_content_is_one_film_wherever_it_lies(store: Store) -> None:
    _, first = add(store, [make_scored(0, 0.5, content="a"), make_scored(1, 0.5, content="b")], run="one")
    moved = replace(make_scored(5, 0.5, content="b"), path=Path("/elsewhere.dcm"))
    _, second = add(store, [moved, make_scored(6, 0.5, content="c")], run="two")
    assert first[1] == second[0]
    assert len({*first, *second}) == 3


def test_an_unreadable_file_is_known_by_its_path(store: Store) -> None:
    gone = make_unscored(0, Reason.NOT_FOUND)
    _, first = add(store, [gone, make_unscored(1, Reason.NOT_FOUND)], run="one")
    _, second = add(store, [gone], run="two")
    assert first[0] == second[0] != first[1]


def test_a_known_film_need_not_be_scored_again(store: Store) -> None:
    film = make_scored(0, 0.25, content="a")
    assert film.sha256 is not None
    old_session, _ = add(store, [film], run="old model", model_sha256="1" * 64)
    add(store, [make_scored(0, 0.75, content="a")], run="new model", model_sha256="2" * 64)
    again, _ = add(store, [make_scored(0, 0.26, content="a")], run="old again", model_sha256="1" * 64)
    known = store.results.known(film.sha256, run=make_run(model_sha256="1" * 64))
    assert known is not None
    assert (known.session_id, known.result.score and known.result.score.probability) == (again, 0.26)
    assert known.session_id != old_session
    assert store.results.known(film.sha256, run=make_run(model_sha256="3" * 64)) is None
    assert store.results.known("0" * 64, run=make_run(model_sha256="1" * 64)) is None
    assert store.results.known(film.sha256, run=make_run(model_sha256="1" * 64), default_age=3.0) is None


def test_earlier_films_of_the_patient_newest_first(store: Store) -> None:
    def film(index: int, year: int | None, patient: str | None = "p" * 16) -> CaseResult:
        acquired_at = None if year is None else datetime(year, 1, 1)
        return make_scored(index, index / 10, patient_key=patient, facts=make_facts(acquired_at=acquired_at))

    results = [
        film(0, 2020),
        film(1, 2022),
        film(2, None),
        film(3, 2021),
        film(4, 2021, "q" * 16),
        film(5, 2019),
        film(6, 2021, None),
        film(7, 2021, None),
    ]
    session_id, film_ids = add(store, results)
    add(store, [film(0, 2020)], run="again")

    def earlier(index: int) -> list[int]:
        return [stored.result.index for stored in store.results.earlier(film_ids[index])]

    assert earlier(3) == [0, 5, 2]
    assert earlier(1) == [3, 0, 5, 2]
    assert earlier(2) == [1, 3, 0, 5]
    assert earlier(5) == [2]
    assert earlier(4) == earlier(6) == []
    newest = store.results.earlier(film_ids[3])[0]
    assert newest.session_id != session_id


def test_times_with_and_without_an_offset_can_be_ordered(store: Store) -> None:
    with_offset = make_facts(acquired_at=datetime(2020, 1, 1, 12, tzinfo=UTC))
    without = make_facts(acquired_at=datetime(2020, 1, 1, 11))
    _, film_ids = add(
        store,
        [make_scored(0, 0.5, patient_key="p", facts=with_offset), make_scored(1, 0.5, patient_key="p", facts=without)],
    )
    assert [stored.film_id for stored in store.results.earlier(film_ids[0])] == [film_ids[1]]
    assert store.results.earlier(film_ids[1]) == []


def test_a_session_can_be_dropped_on_again(store: Store) -> None:
    session = store.sessions.start(make_run(), [Path("/a"), Path("/b\udcff")])
    store.sessions.add_dropped(session.session_id, [Path("/c")])
    assert store.sessions.get(session.session_id).dropped == (Path("/a"), Path("/b\udcff"), Path("/c"))
    with pytest.raises(KeyError):
        store.sessions.get(99)


def test_one_result_by_its_place(store: Store) -> None:
    session_id, film_ids = add(store, [make_scored(0, 0.1), make_scored(7, 0.9)])
    found = store.results.at(session_id, 7)
    assert found is not None
    assert (found.film_id, found.result.index) == (film_ids[1], 7)
    assert store.results.at(session_id, 1) is None


@pytest.mark.parametrize("broken", ["{", "[]", "{}", '{"index": 0, "status": "scored", "file": "x", "path": 3}'])
def test_a_damaged_document_is_said_to_be_damaged(broken: str) -> None:
    with pytest.raises(StoreDamagedError):
        from_record(replace(to_record(make_unscored(0, Reason.BLANK)), document=broken))


def test_a_field_of_a_later_version_is_passed_over() -> None:
    result = make_unscored(0, Reason.BLANK)
    record = to_record(result)
    later = replace(record, document=record.document.replace("{", '{"shade": 3,', 1))
    assert_same(from_record(later), result)
