from __future__ import annotations

import csv
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from engine.errors import OutputError
from engine.films.discovery import discover
from engine.films.film import FilmFacts
from engine.model.card import PointsByAge
from engine.model.pack import load_pack
from engine.paths import resource
from engine.reasons import Reason
from engine.reports.csv import COLUMNS, CsvReport, partial_of
from engine.screening.case import CaseResult, CaseStatus, RunInfo
from engine.screening.pipeline import screen, start_run
from engine.screening.requests import ScorerSettings


@pytest.fixture(scope="module")
def run() -> RunInfo:
    return start_run(load_pack())


@pytest.fixture(scope="module")
def results() -> list[CaseResult]:
    pack = load_pack()
    settings = ScorerSettings(model=pack.path, model_sha256=pack.sha256, secret=b"s" * 32)
    return list(screen(discover([resource("samples")]), settings))


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def write(path: Path, run: RunInfo, results: list[CaseResult], *, anonymous: bool = False) -> list[dict[str, str]]:
    with CsvReport(path, run, anonymous=anonymous) as report:
        for result in results:
            report.add(result)
    return read(path)


def test_the_table_is_as_designed(tmp_path: Path, run: RunInfo, results: list[CaseResult]) -> None:
    path = tmp_path / "new folder/table.csv"
    rows = write(path, run, results)
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbfschema_version,run_id,file,")
    assert tuple(rows[0]) == COLUMNS
    assert [row["file"] for row in rows] == [result.file for result in results]
    assert not partial_of(path).exists()
    for row, result in zip(rows, results, strict=True):
        assert row["status"] == result.status.value
        numbers = [row[name] for name in ("probability", "logit", "band", "threshold", "heat_peak_x", "triage_rank")]
        if result.score is None:
            assert not any(numbers)
            assert row["reason"]
        else:
            assert all(numbers)
            assert float(row["probability"]) == pytest.approx(result.score.probability, abs=1e-6)
            assert float(row["threshold_low"]) <= float(row["threshold"]) <= float(row["threshold_high"])
            assert 0 <= float(row["heat_peak_x"]) <= 1
    assert any(row["patient_key"] for row in rows)


def test_figures_of_the_lungs_are_empty_where_the_model_has_none(
    tmp_path: Path, run: RunInfo, results: list[CaseResult]
) -> None:
    names = ("extent", "heat_in_lungs", "ood_score")
    scored = next(result for result in results if result.score is not None)
    assert scored.score is not None
    bare = replace(scored, score=replace(scored.score, extent=None, heat_in_lungs=None, lungs=None, ood_score=None))
    (row,) = write(tmp_path / "t.csv", run, [bare])
    assert [row[name] for name in names] == ["", "", ""]
    full = replace(scored, score=replace(scored.score, extent=1 / 3, heat_in_lungs=0.0, ood_score=12.34567))
    (row,) = write(tmp_path / "t.csv", run, [full])
    assert [row[name] for name in names] == ["0.3333", "0.0000", "12.3457"]


def test_the_note_of_heat_outside_the_lungs_goes_with_the_band(
    tmp_path: Path, run: RunInfo, results: list[CaseResult]
) -> None:
    scored = next(result for result in results if result.score is not None)
    assert scored.score is not None
    score = replace(scored.score, heat_in_lungs=0.49)
    points = PointsByAge(score.operating_point)
    positive = replace(scored, score=replace(score, probability=1.0).judged_at(points))
    negative = replace(scored, score=replace(score, probability=0.0).judged_at(points))
    rows = write(tmp_path / "t.csv", run, [positive, negative])
    assert [row["notes"] for row in rows] == ["age_unknown;heat_outside_lungs", "age_unknown"]


def test_ranks_count_from_one_without_gaps(tmp_path: Path, run: RunInfo, results: list[CaseResult]) -> None:
    rows = [row for row in write(tmp_path / "t.csv", run, results) if row["triage_rank"]]
    assert sorted(int(row["triage_rank"]) for row in rows) == list(range(1, len(rows) + 1))
    order = ["positive", "uncertain", "negative"]
    ranked = sorted(rows, key=lambda row: int(row["triage_rank"]))
    places = [(order.index(row["band"]), -float(row["probability"])) for row in ranked]
    assert places == sorted(places)


def test_anonymous_rows_hold_no_name(tmp_path: Path, run: RunInfo, results: list[CaseResult]) -> None:
    rows = write(tmp_path / "t.csv", run, results, anonymous=True)
    for name in ("file", "study_instance_uid", "series_instance_uid", "sop_instance_uid"):
        assert not any(row[name] for row in rows)
    assert "phantom" not in (tmp_path / "t.csv").read_text(encoding="utf-8-sig").casefold()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t"])
def test_no_cell_is_a_formula(tmp_path: Path, run: RunInfo, start: str) -> None:
    facts = FilmFacts(container="dicom", rows=1, columns=1, sex=f"{start}1+1", study_instance_uid=f"{start}cmd")
    hostile = CaseResult(
        index=0, file=f"{start}HYPERLINK()", path=Path("x"), status=CaseStatus.FAILED, facts=facts, reason=Reason.BLANK
    )
    (row,) = write(tmp_path / "t.csv", run, [hostile])
    for name in ("file", "sex", "study_instance_uid"):
        assert row[name].startswith(f"'{start}")


@pytest.mark.parametrize("name", ["a,b.jpg", 'say "ah".jpg', "two\nlines.jpg", "رئة.png", "肺.png", "\udcff.jpg"])
def test_strange_names_survive(tmp_path: Path, run: RunInfo, name: str) -> None:
    result = CaseResult(index=0, file=name, path=Path(name), status=CaseStatus.FAILED, reason=Reason.NOT_AN_IMAGE)
    (row,) = write(tmp_path / "t.csv", run, [result])
    assert row["file"] == name.replace("\udcff", "\\udcff")


def test_the_old_table_stays_until_the_new_one_is_whole(
    tmp_path: Path, run: RunInfo, results: list[CaseResult]
) -> None:
    path = tmp_path / "t.csv"
    write(path, run, results[:1])
    old = path.read_bytes()
    with CsvReport(path, run) as report:
        for count, result in enumerate(results, start=1):
            report.add(result)
            assert path.read_bytes() == old
            assert len(read(partial_of(path))) == count
    assert len(read(path)) == len(results)


def test_an_interrupted_run_is_ranked_and_kept(tmp_path: Path, run: RunInfo, results: list[CaseResult]) -> None:
    path = tmp_path / "t.csv"

    def interrupted() -> None:
        with CsvReport(path, run) as report:
            for result in results[:5]:
                report.add(result)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    rows = read(path)
    assert len(rows) == 5
    assert any(row["triage_rank"] for row in rows)


def test_a_run_without_a_row_leaves_the_old_table(tmp_path: Path, run: RunInfo, results: list[CaseResult]) -> None:
    path = tmp_path / "t.csv"
    write(path, run, results)
    old = path.read_bytes()
    with CsvReport(path, run):
        pass
    assert path.read_bytes() == old
    assert list(tmp_path.iterdir()) == [path]


def test_two_runs_cannot_write_one_table(tmp_path: Path, run: RunInfo, results: list[CaseResult]) -> None:
    path = tmp_path / "t.csv"
    with CsvReport(path, run) as report:
        report.add(results[0])
        with pytest.raises(OutputError, match="Another screening"):
            CsvReport(path, run).__enter__()
        report.add(results[1])
    assert len(read(path)) == 2


def test_a_film_is_not_overwritten_by_a_table(tmp_path: Path, run: RunInfo) -> None:
    film = tmp_path / "film.jpg"
    film.write_bytes(b"\xff\xd8\xff film")
    with pytest.raises(OutputError, match=r"is no table of Mapafu"):
        CsvReport(film, run).__enter__()
    assert film.read_bytes() == b"\xff\xd8\xff film"


def test_a_folder_is_refused_before_the_first_film(tmp_path: Path, run: RunInfo) -> None:
    with pytest.raises(OutputError):
        CsvReport(tmp_path, run).__enter__()


def test_heat_peaks_lie_on_the_film_as_stored(tmp_path: Path, run: RunInfo, results: list[CaseResult]) -> None:
    scored = next(result for result in results if result.score is not None)
    assert scored.score is not None
    assert scored.facts is not None
    x, y = scored.score.heat.peak()
    expected = {1: (x, y), 3: (1 - x, 1 - y), 6: (y, 1 - x), 8: (1 - y, x)}
    for orientation, place in expected.items():
        turned = replace(scored, facts=replace(scored.facts, orientation=orientation))
        (row,) = write(tmp_path / f"{orientation}.csv", run, [turned])
        assert (float(row["heat_peak_x"]), float(row["heat_peak_y"])) == pytest.approx(place, abs=1e-3)


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path, run: RunInfo) -> None:
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OutputError, match="cannot be written"):
        CsvReport(tmp_path / "file/t.csv", run).__enter__()


def test_dates_are_iso_8601(tmp_path: Path, run: RunInfo, results: list[CaseResult]) -> None:
    for row in write(tmp_path / "t.csv", run, results):
        assert datetime.fromisoformat(row["processed_at"]).tzinfo is not None
        if row["acquired_at"]:
            datetime.fromisoformat(row["acquired_at"])


WRITES_TABLES = """
import sys
from pathlib import Path
from engine.errors import OutputError
from engine.reasons import Reason
from engine.reports.csv import CsvReport
from engine.screening.case import CaseResult, CaseStatus, RunInfo

run = RunInfo(run_id="a", model_id="m", model_version="1", model_sha256="0" * 64, app_version="x")
row = CaseResult(index=0, file="f", path=Path("f"), status=CaseStatus.FAILED, reason=Reason.NOT_FOUND)
written = 0
while written < 400:
    report = CsvReport(Path(sys.argv[1]), run)
    try:
        report.__enter__()
    except OutputError as error:
        assert error.sentence.startswith("Another screening"), error
        continue
    report.add(row)
    report.__exit__()
    written += 1
"""


def test_of_two_runs_that_take_turns_none_loses_its_table(tmp_path: Path) -> None:
    programs = [
        subprocess.Popen([sys.executable, "-c", WRITES_TABLES, str(tmp_path / "t.csv")], stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    for program in programs:
        _, said = program.communicate(timeout=120)
        assert program.returncode == 0, said.decode()
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]
