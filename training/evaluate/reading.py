"""Which films to measure on: from a manifest with folds, a manifest with uses, or folders named by class."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from engine.films.discovery import discover
from training.evaluate.known import FilmSet, Kind, KnownFilm, Rectangle
from training.films import DataError, FoldPlan

_SPLIT = "train"
_DEFAULT_USE = "tune"
_BOX_FRAME = 1024.0  # RSNA 2018: boxes are drawn on the whole film, brought to 1024 x 1024
_OLDEST = 130.0
_SUBTYPES = {"normal": Kind.NORMAL, "bacteria": Kind.BACTERIAL, "virus": Kind.VIRAL}
_LABELS = {"normal": Kind.NORMAL, "pneumonia": Kind.PNEUMONIA}
_TARGETS = {"normal": Kind.NORMAL, "abnormal_no_opacity": Kind.OTHER, "pneumonia_opacity": Kind.OPACITY}
_NO_PATIENTS = (
    "Patients are unknown here, so every film counts as a patient of its own: films of one person may have been "
    "learned from as well, and the intervals are too narrow."
)
_OPENED_ONCE = (
    "These films are kept for reporting. The figures hold only as long as nothing is ever chosen by looking at them."
)

Row = dict[str, str]


def read_film_set(data: Path, *, folds: Sequence[int] | None = None, use: str | None = None) -> FilmSet:
    """The films to measure on and their truth.

    Args:
        data: A folder with `manifest.csv`, or with folders `NORMAL` and `PNEUMONIA`, or with such folders per split.
        folds: Patient folds of split `train`; None takes the fold that recipes keep for reporting.
        use: Rows of a manifest of radiologist-read films; None takes those for tuning.

    Raises:
        DataError: There are no such films, or only films with pneumonia, or only films without.
    """
    if not data.is_dir():
        raise DataError(f"{data} is no folder. Name the folder that holds the films.")
    manifest = data / "manifest.csv"
    if not manifest.exists():
        _refuse("--folds", folds, "there is no manifest.csv")
        _refuse("--use", use, "there is no manifest.csv")
        return _checked(_read_folders(data), data)
    rows = _read_rows(manifest)
    columns = rows[0].keys() if rows else frozenset()
    if "target" in columns and "use" in columns:
        _refuse("--folds", folds, f"{manifest} has rows by use")
        return _checked(_read_by_use(data, rows, use or _DEFAULT_USE), manifest)
    _refuse("--use", use, f"{manifest} has no column of that name beside one called target")
    return _checked(_read_by_fold(data, rows, folds), manifest)


def _refuse(option: str, value: object, why: str) -> None:
    if value is not None:
        raise DataError(f"{option} chooses nothing here, since {why}. Leave it out.")


def _checked(films: FilmSet, source: Path) -> FilmSet:
    if not films.films:
        raise DataError(f"{source} has no films to measure on ({films.what}). Choose others.")
    for ill, words in ((True, f"with {films.finding}"), (False, f"without {films.finding}")):
        if not any(film.kind.is_pneumonia is ill for film in films.films):
            raise DataError(f"{source} has no films {words} ({films.what}). Both kinds are needed.")
    return films


def _read_rows(manifest: Path) -> list[Row]:
    try:
        with manifest.open(encoding="utf-8-sig", newline="") as stream:
            rows = [
                {name: (value or "").strip() for name, value in row.items() if isinstance(name, str)}
                for row in csv.DictReader(stream)
            ]
    except (OSError, ValueError, csv.Error) as error:
        raise DataError(f"{manifest} cannot be read as a table. Save it again as CSV in UTF-8.") from error
    for number, row in enumerate(rows, start=2):
        if not row.get("file"):
            raise DataError(f"{manifest} names no file in row {number}. Fill in the column called file.")
    return rows


def _read_by_fold(data: Path, rows: list[Row], folds: Sequence[int] | None) -> FilmSet:
    rows = [row for row in rows if row.get("split", _SPLIT) == _SPLIT]
    if rows and "fold" in rows[0]:
        wanted = tuple(folds) if folds is not None else (FoldPlan().report,)
        present = sorted({row["fold"] for row in rows})
        missing = [str(fold) for fold in wanted if str(fold) not in present]
        if missing:
            raise DataError(
                f"The manifest in {data} has no fold {', '.join(missing)}. Choose from: {', '.join(present)}."
            )
        rows = [row for row in rows if row["fold"] in {str(fold) for fold in wanted}]
        what = f"patients of fold {', '.join(map(str, wanted))} of split {_SPLIT}"
    else:
        _refuse("--folds", folds, f"the manifest in {data} has no column called fold")
        what = f"all films of split {_SPLIT}"
    return _film_set(data, rows, [_kind_of(row) for row in rows], what=what, finding="pneumonia")


def _kind_of(row: Row) -> Kind:
    for column, kinds in (("subtype", _SUBTYPES), ("label", _LABELS)):
        if row.get(column):
            return _look_up(row, column, kinds)
    raise DataError(f"The manifest says nothing of {row['file']}. Fill in the column called subtype or label.")


def _look_up(row: Row, column: str, kinds: dict[str, Kind]) -> Kind:
    try:
        return kinds[row[column].lower()]
    except KeyError:
        raise DataError(f"The {column} of {row['file']} is unknown. Use one of: {', '.join(kinds)}.") from None


def _read_by_use(data: Path, rows: list[Row], use: str) -> FilmSet:
    present = sorted({row["use"] for row in rows if row["target"]})
    if use not in present:
        raise DataError(f"No film in {data} that radiologists read has this use. Choose from: {', '.join(present)}.")
    rows = [row for row in rows if row["use"] == use and row["target"]]
    kinds = [_look_up(row, "target", _TARGETS) for row in rows]
    warnings = (_OPENED_ONCE,) if use == "report" else ()
    what = f"films read by radiologists, use {use}"
    return _film_set(data, rows, kinds, what=what, finding="opacity", warnings=warnings)


def _film_set(
    data: Path, rows: list[Row], kinds: Iterable[Kind], *, what: str, finding: str, warnings: tuple[str, ...] = ()
) -> FilmSet:
    patients_known = all(row.get("patient") for row in rows)
    films = tuple(
        KnownFilm(
            path=data / row["file"],
            file=row["file"],
            kind=kind,
            patient=row["patient"] if patients_known else f"film {number}",
            view=row.get("view", "").upper() or None,
            age_years=_age(row.get("age", "")),
            sex=row.get("sex", "").upper() or None,
            boxes=_boxes(row.get("boxes_xywh_1024", ""), row["file"]),
        )
        for number, (row, kind) in enumerate(zip(rows, kinds, strict=True))
    )
    if not patients_known:
        warnings = (*warnings, _NO_PATIENTS)
    return FilmSet(what=what, finding=finding, films=films, warnings=warnings)


def _age(text: str) -> float | None:
    try:
        age = float(text)
    except ValueError:
        return None
    return age if 0.0 <= age <= _OLDEST else None


def _boxes(text: str, file: str) -> tuple[Rectangle, ...]:
    boxes = []
    try:
        for part in filter(None, text.split(";")):
            x, y, width, height = (float(number) / _BOX_FRAME for number in part.split(","))
            boxes.append(Rectangle(x, y, x + width, y + height))
    except ValueError as error:
        raise DataError(f"The boxes of {file} cannot be read. Write x,y,w,h and part boxes by a semicolon.") from error
    return tuple(boxes)


def _read_folders(data: Path) -> FilmSet:
    """Films of `CLASS/*` or `split/CLASS/*`; the file names may tell bacteria from virus."""
    above = [data, *sorted(path for path in data.iterdir() if path.is_dir())]
    films = []
    for parent in above:
        for folder in sorted(path for path in parent.iterdir() if path.is_dir()):
            kind = _LABELS.get(folder.name.lower())
            if kind is None:
                continue
            for found in discover([folder]):
                file = found.path.relative_to(data).as_posix()
                films.append(
                    KnownFilm(path=found.path, file=file, kind=_kind_by_name(kind, found.path.name), patient=file)
                )
    splits = sorted({film.file.split("/")[0] for film in films if film.file.count("/") > 1})
    what = "films in folders named by class" + (f", splits {', '.join(splits)}" if splits else "")
    warnings = [_NO_PATIENTS]
    if len(splits) > 1:
        warnings.append(
            "Several splits are measured together. Films that the model learned from make every figure too good: "
            "name the folder of one split to measure it alone."
        )
    return FilmSet(what=what, finding="pneumonia", films=tuple(films), warnings=tuple(warnings))


def _kind_by_name(kind: Kind, name: str) -> Kind:
    if kind is Kind.PNEUMONIA:
        for word in ("bacteria", "virus"):
            if word in name.lower():
                return _SUBTYPES[word]
    return kind
