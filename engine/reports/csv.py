"""The table of a run: UTF-8 with BOM, one row per file in discovery order, put in place in one step."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TextIO

from engine.errors import OutputError
from engine.screening.case import CaseResult, RunInfo
from engine.screening.triage import TriageKey, triage_key, triage_ranks

SCHEMA_VERSION = 1
COLUMNS = (
    "schema_version", "run_id", "file", "sha256", "study_instance_uid", "series_instance_uid",
    "sop_instance_uid", "patient_key", "age_years", "sex", "view_position", "modality", "acquired_at",
    "processed_at", "status", "reason", "notes", "probability", "logit", "band", "operating_point",
    "threshold_low", "threshold", "threshold_high", "p_bacterial", "p_viral", "extent", "heat_peak_x",
    "heat_peak_y", "heat_in_lungs", "triage_rank", "ood_score", "model_id", "model_version", "model_sha256",
    "app_version", "latency_ms", "reader_id", "reader_label", "reader_note", "reader_at",
)  # fmt: skip
_RANK = COLUMNS.index("triage_rank")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


class CsvReport:
    """Writes a run's table while it is made.

    Rows go to `FILE.partial` as they come. Leaving the context, also by an error or Ctrl-C, ranks them and
    replaces FILE in one step, so that FILE is never half written.
    """

    def __init__(self, path: Path, run: RunInfo, *, anonymous: bool = False) -> None:
        self._path = path
        self._run = run
        self._anonymous = anonymous
        self._indices: list[int] = []
        self._keys: list[TriageKey] = []
        self._stream: TextIO | None = None

    def __enter__(self) -> CsvReport:
        """Start the partial file. Raises OutputError."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._stream = _open_table(partial_of(self._path), "w")
            csv.writer(self._stream).writerow(COLUMNS)
        except OSError as error:
            raise _cannot_write(self._path) from error
        return self

    def __exit__(self, *unused: object) -> None:
        """Rank the rows and put the table in place. Raises OutputError; the old table is then untouched."""
        assert self._stream is not None
        try:
            self._stream.close()
            self._put_in_place()
        except OSError as error:
            raise _cannot_write(self._path) from error

    def add(self, result: CaseResult) -> None:
        """Write one row. Raises OutputError."""
        assert self._stream is not None
        self._indices.append(result.index)
        key = triage_key(result)
        if key is not None:
            self._keys.append(key)
        try:
            csv.writer(self._stream).writerow(result_row(result, self._run, anonymous=self._anonymous))
            self._stream.flush()
        except OSError as error:
            raise _cannot_write(self._path) from error

    def _put_in_place(self) -> None:
        partial = partial_of(self._path)
        ranked = self._path.with_name(self._path.name + ".ranked.partial")
        ranks = triage_ranks(self._keys)
        with _open_table(partial, "r") as source, _open_table(ranked, "w") as target:
            rows, writer = csv.reader(source), csv.writer(target)
            writer.writerow(next(rows))
            for index, row in zip(self._indices, rows, strict=False):
                row[_RANK] = str(ranks.get(index, ""))
                writer.writerow(row)
        ranked.replace(self._path)
        partial.unlink()


def partial_of(path: Path) -> Path:
    """Where the rows of a table lie until it is finished."""
    return path.with_name(path.name + ".partial")


def result_row(result: CaseResult, run: RunInfo, *, anonymous: bool = False) -> list[str]:
    """The cells of one result in the order of `COLUMNS`; unknown ones are empty.

    With `anonymous`, the file name and the DICOM identifiers, which can identify a patient, are blank.
    """
    cells: dict[str, object] = {
        "schema_version": SCHEMA_VERSION,
        "run_id": run.run_id,
        "file": _text("" if anonymous else result.file),
        "sha256": result.sha256,
        "patient_key": result.patient_key,
        "processed_at": result.processed_at and result.processed_at.isoformat(timespec="seconds"),
        "status": result.status.value,
        "reason": result.reason and result.reason.value,
        "notes": ";".join(note.value for note in result.notes),
        "model_id": run.model_id,
        "model_version": run.model_version,
        "model_sha256": run.model_sha256,
        "app_version": run.app_version,
        "latency_ms": result.latency_ms and f"{result.latency_ms:.1f}",
        **_fact_cells(result, anonymous=anonymous),
        **_score_cells(result),
    }
    values = (cells.get(column) for column in COLUMNS)
    return ["" if value is None else str(value) for value in values]


def _fact_cells(result: CaseResult, *, anonymous: bool) -> dict[str, object]:
    facts = result.facts
    if facts is None:
        return {}
    cells: dict[str, object] = {
        "age_years": None if facts.age_years is None else f"{facts.age_years:.2f}",
        "sex": _text(facts.sex),
        "view_position": _text(facts.view_position),
        "modality": _text(facts.modality),
        "acquired_at": facts.acquired_at and facts.acquired_at.isoformat(timespec="seconds"),
    }
    if not anonymous:
        cells["study_instance_uid"] = _text(facts.study_instance_uid)
        cells["series_instance_uid"] = _text(facts.series_instance_uid)
        cells["sop_instance_uid"] = _text(facts.sop_instance_uid)
    return cells


def _score_cells(result: CaseResult) -> dict[str, object]:
    score = result.score
    if score is None:
        return {}
    point = score.operating_point
    peak_x, peak_y = score.heat.peak()
    return {
        "probability": f"{score.probability:.6f}",
        "logit": f"{score.logit:.6f}",
        "band": score.band.value,
        "operating_point": _text(point.name),
        "threshold_low": f"{point.threshold_low:.6f}",
        "threshold": f"{point.threshold:.6f}",
        "threshold_high": f"{point.threshold_high:.6f}",
        "p_bacterial": f"{score.p_bacterial:.6f}",
        "p_viral": f"{score.p_viral:.6f}",
        "heat_peak_x": f"{peak_x:.4f}",
        "heat_peak_y": f"{peak_y:.4f}",
    }


def _text(value: str | None) -> str | None:
    """Text from a file, so marked that no spreadsheet takes it for a formula."""
    return f"'{value}" if value and value.startswith(_FORMULA_STARTS) else value


def _open_table(path: Path, mode: str) -> TextIO:
    # File names may hold bytes that are no text; they are written escaped rather than not at all.
    return path.open(mode, encoding="utf-8-sig", errors="backslashreplace", newline="")  # type: ignore[return-value]


def _cannot_write(path: Path) -> OutputError:
    return OutputError(f"The table {path.name} cannot be written. Free some space or choose another folder.")
