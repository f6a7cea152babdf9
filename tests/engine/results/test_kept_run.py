from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import StoreError
from engine.model.card import PointsByAge
from engine.reasons import Reason
from engine.results.kept_run import KeptRun, NothingToResumeError
from engine.results.store import Store
from engine.screening.case import CaseResult, CaseStatus
from tests.engine.results.made_up import POINT, POINTS, make_run, make_scored, make_unscored

RUN = make_run("one")


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def kept(tmp_path: Path, told: list[str]) -> Iterator[KeptRun]:
    with KeptRun(told.append, tmp_path / "results.sqlite") as run:
        yield run


def sha256_of(result: CaseResult) -> str:
    assert result.sha256 is not None
    return result.sha256


def cut_off(path: Path, dropped: list[str], run: str, *, age: float | None = None, films: int = 2) -> None:
    with KeptRun(pytest.fail, path) as begun:
        begun.begin(make_run(run), dropped, default_age=age)
        for index in range(films):
            begun.add(make_scored(index, 0.5))


def test_what_was_kept_is_gone_on_with(tmp_path: Path, kept: KeptRun) -> None:
    cut_off(tmp_path / "results.sqlite", ["films"], "first")
    resumed = kept.resume(RUN, ["films"], default_age=None)
    assert resumed.session.run.run_id == "first"
    assert resumed.session.dropped == (Path(os.path.abspath("films")),)  # noqa: PTH100
    assert [result.index for result in resumed.results] == [0, 1]
    kept.add(make_unscored(2, Reason.BLANK, CaseStatus.REJECTED))
    kept.end()
    with Store(tmp_path / "results.sqlite") as store:
        (session,) = store.sessions.newest(5)
        assert (session.results, session.ended_at is None) == (3, False)


@pytest.mark.parametrize(
    ("dropped", "age", "run"),
    [(["others"], None, RUN), ([], 3.0, RUN), ([], None, make_run("one", model_sha256="b" * 64))],
    ids=["other paths", "another age", "another model"],
)
def test_only_what_fits_is_gone_on_with(
    tmp_path: Path, kept: KeptRun, dropped: list[str], age: float | None, run: object
) -> None:
    cut_off(tmp_path / "results.sqlite", ["films"], "first")
    with pytest.raises(NothingToResumeError, match="without --resume"):
        kept.resume(run, dropped, default_age=age)  # type: ignore[arg-type]


def test_a_session_that_came_to_its_end_is_none_to_go_on_with(tmp_path: Path, kept: KeptRun) -> None:
    cut_off(tmp_path / "results.sqlite", ["films"], "older", films=1)
    with KeptRun(pytest.fail, tmp_path / "results.sqlite") as whole:
        whole.begin(make_run("newer"), ["films"], default_age=None)
        whole.end()
    assert kept.resume(RUN, [], default_age=None).session.run.run_id == "older"


def test_a_known_film_comes_back_at_the_point_in_use(tmp_path: Path, kept: KeptRun) -> None:
    cut_off(tmp_path / "results.sqlite", ["films"], "first")
    kept.begin(RUN, ["more"], default_age=None)
    strict = PointsByAge(replace(POINT, name="strict", threshold_low=0.8, threshold=0.9, threshold_high=0.95))
    known = kept.known(sha256_of(make_scored(1, 0.5)), strict)
    assert known is not None
    assert known.score is not None
    assert (known.score.operating_point.name, known.score.band.value) == ("strict", "negative")
    assert kept.known("0" * 64, POINTS) is None


def test_another_program_or_a_failed_reading_is_not_relied_on(tmp_path: Path, kept: KeptRun) -> None:
    failed = replace(make_unscored(0, Reason.TIMED_OUT), sha256="1" * 64)
    old = replace(make_scored(1, 0.5), sha256="2" * 64)
    with KeptRun(pytest.fail, tmp_path / "results.sqlite") as first:
        first.begin(make_run("first"), [], default_age=None)
        first.add(failed)
    with KeptRun(pytest.fail, tmp_path / "results.sqlite") as second:
        second.begin(replace(make_run("second"), app_version="0.0.9"), [], default_age=None)
        second.add(old)
    kept.begin(RUN, [], default_age=None)
    assert kept.known("1" * 64, POINTS) is None
    assert kept.known("2" * 64, POINTS) is None


def test_without_a_store_the_run_goes_on_and_says_so_once(tmp_path: Path, told: list[str]) -> None:
    (tmp_path / "file").write_bytes(b"")
    with KeptRun(told.append, tmp_path / "file/results.sqlite") as kept:
        kept.begin(RUN, [], default_age=None)
        kept.add(make_scored(0, 0.5))
        assert kept.known("1" * 64, POINTS) is None
        kept.end()
        with pytest.raises(StoreError):
            kept.resume(RUN, [], default_age=None)
    (sentence,) = told
    assert sentence.endswith("The table is written all the same.")
