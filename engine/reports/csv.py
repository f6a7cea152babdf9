"""The table of a run: UTF-8 with BOM, one row per file in discovery order, put in place in one step."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, TextIO

from engine.errors import OutputError
from engine.file_lock import HeldFile, take
from engine.reports.cells import text_cell as _text
from engine.results.verdicts import ReaderVerdict
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
_START = b"\xef\xbb\xbfschema_version"
_RANK = COLUMNS.index("triage_rank")


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
        self._held: HeldFile | None = None
        self._stream: TextIO | None = None

    def __enter__(self) -> CsvReport:
        """Start the partial file.

        Raises:
            OutputError: It cannot be written, another program is writing it, or a file of another kind has the name.
        """
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            if self._path.exists():
                with self._path.open("r+b") as old:  # finds out now, and not after the last film, whether it is locked
                    start = old.read(len(_START))
                if start and start != _START:
                    raise OutputError(f"{self._path.name} is no table of Mapafu's. Choose another name for the table.")
            self._held = take(partial_of(self._path))
            if self._held is None:
                raise OutputError(f"Another screening is writing {self._path.name}. Choose another name or folder.")
            self._stream = _as_table(self._held.stream())
            self._stream.truncate(0)
            self._stream.write("\ufeff")
            csv.writer(self._stream).writerow(COLUMNS)
        except OSError as error:
            if self._held is not None:
                self._held.close()
            raise _cannot_write(self._path) from error
        return self

    def __exit__(self, *unused: object) -> None:
        """Rank the rows and put the table in place; without a row, the old table stays.

        Raises:
            OutputError: It cannot be written. Its rows stay in the partial file.
        """
        assert self._held is not None
        assert self._stream is not None
        let_go = self._held.close
        try:
            with self._stream:
                self._stream.flush()
                if self._indices:
                    self._put_in_place()
            let_go = self._held.remove
        except OSError as error:
            raise _cannot_write(self._path) from error
        finally:
            let_go()

    def add(self, result: CaseResult, verdicts: Sequence[ReaderVerdict] = ()) -> None:
        """Write one row, with what readers say of the film. Raises OutputError."""
        assert self._stream is not None
        self._indices.append(result.index)
        key = triage_key(result)
        if key is not None:
            self._keys.append(key)
        try:
            csv.writer(self._stream).writerow(result_row(result, self._run, verdicts, anonymous=self._anonymous))
            self._stream.flush()
        except OSError as error:
            raise _cannot_write(self._path) from error

    def _put_in_place(self) -> None:
        ranked = ranked_of(self._path)
        ranks = triage_ranks(self._keys)
        with (
            partial_of(self._path).open(encoding="utf-8-sig", newline="") as source,
            _as_table(ranked.open("wb")) as target,
        ):
            target.write("\ufeff")
            rows, writer = csv.reader(source), csv.writer(target)
            writer.writerow(next(rows))
            for index, row in zip(self._indices, rows, strict=False):
                row[_RANK] = str(ranks.get(index, ""))
                writer.writerow(row)
        ranked.replace(self._path)


def partial_of(path: Path) -> Path:
    """Where the rows of a table lie until it is finished."""
    return path.with_name(path.name + ".partial")


def ranked_of(path: Path) -> Path:
    """Where the ranked rows of a table lie before they are put in place."""
    return path.with_name(path.name + ".ranked.partial")


def result_row(
    result: CaseResult, run: RunInfo, verdicts: Sequence[ReaderVerdict] = (), *, anonymous: bool = False
) -> list[str]:
    """The cells of one result in the order of `COLUMNS`; unknown ones are empty.

    With `anonymous`, the file name, the DICOM identifiers and the readers' notes, which can identify a patient, are
    blank.
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
        "model_id": _text(run.model_id),
        "model_version": _text(run.model_version),
        "model_sha256": run.model_sha256,
        "app_version": run.app_version,
        "latency_ms": result.latency_ms and f"{result.latency_ms:.1f}",
        **_fact_cells(result, anonymous=anonymous),
        **_score_cells(result),
        **_reader_cells(verdicts, anonymous=anonymous),
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
    if result.facts is not None:
        peak_x, peak_y = result.facts.as_stored(peak_x, peak_y)
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
        "extent": _decimal(score.extent),
        "heat_peak_x": f"{peak_x:.4f}",
        "heat_peak_y": f"{peak_y:.4f}",
        "heat_in_lungs": _decimal(score.heat_in_lungs),
        "ood_score": _decimal(score.ood_score),
    }


def _reader_cells(verdicts: Sequence[ReaderVerdict], *, anonymous: bool) -> dict[str, object]:
    """What readers say, in the same order in each cell, with `;` between them."""
    standing = [entry for entry in verdicts if entry.verdict is not None]
    notes = ["" if anonymous else " ".join(entry.note.split()).replace(";", ",") for entry in standing]
    return {
        "reader_id": _text(";".join(entry.reader.initials.replace(";", ",") for entry in standing)),
        "reader_label": ";".join(entry.verdict.value for entry in standing if entry.verdict is not None),
        "reader_note": _text(";".join(notes)) if any(notes) else "",
        "reader_at": ";".join(entry.at.isoformat(timespec="seconds") for entry in standing),
    }


def _decimal(value: float | None) -> str | None:
    return None if value is None else f"{value:.4f}"


def _as_table(stream: BinaryIO) -> TextIO:
    # File names may hold bytes that are no text; they are written escaped rather than not at all.
    return io.TextIOWrapper(stream, encoding="utf-8", errors="backslashreplace", newline="")


def _cannot_write(path: Path) -> OutputError:
    return OutputError(f"The table {path.name} cannot be written. Close it elsewhere, free some space, or rename it.")
