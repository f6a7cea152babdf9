"""The films and other pictures that the gate is measured on, by kind, and what became of them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from training.films import (
    DataError,
    FoldPlan,
    LabelledFilm,
    drawn_fold,
    films_of_fold,
    read_adults,
    read_manifest,
)
from training.gate.measure import Look, Seen, cut_films, half, let_through
from training.gate.preparation import read_others
from training.shipped.adults import read_weak_films

_VIEWS = ("PA", "AP")
_HALVES = ("upper", "lower", "left", "right")
_HALVED = 120  # children's films of which halves are shown


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSources:
    """What the gate is measured on.

    Attributes:
        data: Films of children; those of the report fold are taken.
        adults: Adult films; those read for tuning are taken, and those for weak use of the report fold.
        others: Pictures that are no frontal chest films, in a folder for each kind, with `manifest.csv`.
        use: Which rows of `others`.
        dicom: A folder of DICOM files that are no chest films; None leaves it out.
        lung_masks: Masks of some of the children's films; None leaves out films cut by them.
    """

    data: Path
    adults: Path
    others: Path
    use: str
    dicom: Path | None = None
    lung_masks: Path | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Pictures of one kind and what became of them.

    Attributes:
        frontal: They should be let through.
        cut: They are parts of frontal films.
    """

    name: str
    frontal: bool
    seen: list[Seen]
    cut: bool = False

    @property
    def wrong(self) -> list[Seen]:
        """Frontal films that were turned away or turned round, and other pictures that were let through."""
        if self.frontal:
            return [film for film in self.seen if film.reason is not None or film.turns]
        return [film for film in self.seen if film.reason is None]


def whole_groups(look: Look, sources: ReportSources) -> Iterator[Group]:
    """Films and other pictures as they are. Raises DataError."""
    children = films_of_fold(read_manifest(sources.data), FoldPlan().report)
    yield _frontal(look, "children, held-out fold", children)
    for view in _VIEWS:
        yield _frontal(look, f"adults read for tuning, {view}", read_adults(sources.adults, view=view))
    weak = [film.film for film in read_weak_films(sources.adults)]
    held_out = [film for film in weak if drawn_fold(film.patient) == FoldPlan().report]
    yield _frontal(look, "adults with weak labels, held-out fold", held_out)
    for kind, paths in _by_kind(sources).items():
        yield Group(kind, False, let_through(look, paths, what=kind))
    if sources.dicom is not None:
        files = sorted(path for path in sources.dicom.rglob("*") if path.is_file())
        yield Group("DICOM files of other kinds", False, let_through(look, files, what="DICOM files"))


def cut_groups(look: Look, sources: ReportSources) -> Iterator[Group]:
    """Parts of frontal films. Raises DataError."""
    children = films_of_fold(read_manifest(sources.data), FoldPlan().report)
    if sources.lung_masks is not None:
        seen = cut_films(look, children, data=sources.data, masks=sources.lung_masks)
        yield Group("children, more than a third of a lung cut away", False, seen, cut=True)
    some = [children[len(children) * place // _HALVED] for place in range(min(_HALVED, len(children)))]
    adults = [film for view in _VIEWS for film in read_adults(sources.adults, view=view)]
    for who, films in (("children, held-out fold", some), ("adults read for tuning", adults)):
        for place, name in enumerate(_HALVES):
            paths = [film.path for film in films]
            what = f"{who}, {name} half"
            yield Group(what, False, let_through(look, paths, what=what, change=half(place)), cut=True)


def _frontal(look: Look, name: str, films: Sequence[LabelledFilm]) -> Group:
    return Group(name, True, let_through(look, [film.path for film in films], what=name))


def _by_kind(sources: ReportSources) -> dict[str, list[Path]]:
    wanted = set(read_others(sources.others, use=sources.use))
    kinds: dict[str, list[Path]] = {}
    try:
        with (sources.others / "manifest.csv").open(encoding="utf-8-sig", newline="") as stream:
            for row in csv.DictReader(stream):
                path = sources.others / row["file"]
                if path in wanted:
                    kinds.setdefault(row["kind"], []).append(path)
    except (OSError, KeyError) as error:
        raise DataError(f"{sources.others / 'manifest.csv'} lacks a column. Name the folder with others.") from error
    return kinds
