"""`mapafu-train gate-report`: the shares of films and other pictures that the gate turns away, and a contact sheet."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from engine.errors import FilmError, OutputError
from engine.films.exposure import is_badly_exposed
from engine.films.lettering import has_lettering
from engine.films.radiograph import load_radiograph
from engine.model.film_gate import GateCard, load_gate
from engine.model.lung_shape import MOST_AT_BOTTOM, MOST_AT_SIDE, MOST_AT_TOP
from engine.model.pack import bundled_model
from engine.model.preprocess import resample
from engine.reasons import Reason
from engine.results.intervals import wilson
from training.films import (
    DataError,
    FoldPlan,
    LabelledFilm,
    drawn_fold,
    films_of_fold,
    read_adults,
    read_manifest,
)
from training.gate.measure import Look, Seen, cut_films, half, let_through, with_lungs
from training.gate.preparation import read_others
from training.shipped.adults import read_weak_films

_TILE, _PER_ROW, _MOST = 120, 8, 48
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


def write_report(model: Path | None, sources: ReportSources, *, page: Path, sheet: Path | None, command: str) -> None:
    """Measure the gate, with the bundled model's lungs, and write a page of Markdown and a sheet of what it got wrong.

    Raises:
        DataError: The films cannot be used.
        ModelError: The gate cannot be used.
        OutputError: The page cannot be written.
    """
    gate = load_gate(model)
    look = with_lungs(gate, bundled_model())
    groups = [*_groups(look, sources), *_cut_groups(look, sources)]
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(_page(gate.card, groups, command), encoding="utf-8")
        if sheet is not None:
            contact_sheet(groups).savefig(sheet, dpi=100)
    except OSError as error:
        raise OutputError(f"{page} cannot be written. Choose another place with --out.") from error


def contact_sheet(groups: Sequence[Group]) -> Figure:
    """Small copies of what the gate got wrong, each with its kind and reason."""
    wrong = [(group, film) for group in groups if not group.cut for film in group.wrong][:_MOST]
    rows = max(1, -(-len(wrong) // _PER_ROW))
    figure = Figure(figsize=(_PER_ROW * 1.5, rows * 1.75), layout="constrained")
    panels = np.asarray(figure.subplots(rows, _PER_ROW, squeeze=False)).ravel()
    for axes in panels:
        axes.set_axis_off()
    for axes, (group, film) in zip(panels, wrong, strict=False):
        try:
            pixels = load_radiograph(film.path).pixels
        except FilmError:
            continue
        scale = _TILE / max(pixels.shape)
        height, width = (max(1, round(side * scale)) for side in pixels.shape)
        axes.imshow(resample(pixels, height=height, width=width), cmap="gray", vmin=0.0, vmax=1.0)
        axes.set_title(f"{group.name}\n{film.reason or f'let through, turned {film.turns}'}", fontsize=5)
    return figure


def _groups(look: Look, sources: ReportSources) -> Iterator[Group]:
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


def _cut_groups(look: Look, sources: ReportSources) -> Iterator[Group]:
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


def _page(card: GateCard, groups: Sequence[Group], command: str) -> str:
    lines = [
        "# The gate",
        "",
        "Made by:",
        "",
        f"    {command}",
        "",
        "Whole gate: tags, size, colour and content first, then the network, then the lungs that the model finds.",
        "Pixels alone: the network and the lungs. In brackets the 95 % interval (Wilson). Some adult films lie on",
        "their side in the collection itself, and are rightly turned round.",
        "",
        "## Frontal films",
        "",
        "| films | n | turned away | turned round | noted `exposure` | noted `burned_in_text` |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for group in groups:
        if group.frontal:
            away = sum(film.reason is not None for film in group.seen)
            turned = sum(film.reason is None and film.turns > 0 for film in group.seen)
            pixels = [load_radiograph(film.path).pixels for film in group.seen]
            cells = (away, turned, sum(map(is_badly_exposed, pixels)), sum(map(has_lettering, pixels)))
            n = len(group.seen)
            lines.append(f"| {group.name} | {n} | " + " | ".join(_share(count, n) for count in cells) + " |")
    lines += [
        "",
        "## Other pictures",
        "",
        "| pictures | n | turned away by the whole gate | by their pixels alone |",
        "| --- | ---: | ---: | ---: |",
    ]
    for group in groups:
        if not group.frontal and not group.cut:
            n = len(group.seen)
            away = sum(film.reason is not None for film in group.seen)
            alone = sum(film.by_pixels for film in group.seen)
            lines.append(f"| {group.name} | {n} | {_share(away, n)} | {_share(alone, n)} |")
    lines += [
        "",
        "## Films cut",
        "",
        "Halves of whole films, and windows that leave out more than a third of a lung, as drawn masks tell.",
        "",
        "| films | n | turned away | as `lungs_cut_off` |",
        "| --- | ---: | ---: | ---: |",
    ]
    for group in groups:
        if group.cut:
            n = len(group.seen)
            away = sum(film.reason is not None for film in group.seen)
            named = sum(film.reason is Reason.LUNGS_CUT_OFF for film in group.seen)
            lines.append(f"| {group.name} | {n} | {_share(away, n)} | {_share(named, n)} |")
    lines += [
        "",
        "## Films turned and cut, by the network alone",
        "",
        "From the gate's own card: let through and turned upright, or turned away, as each should be.",
        "",
        "| films | n | right |",
        "| --- | ---: | ---: |",
        *(f"| {figure.films} | {figure.count} | {_share(figure.right, figure.count)} |" for figure in card.figures),
        "",
        "## Its limits",
        "",
        "| limit | value |",
        "| --- | ---: |",
        f"| log odds of a side view | {card.limits.side_view:.2f} |",
        f"| log odds of lungs cut off | {card.limits.cut_off:.2f} |",
        f"| log odds of anything else | {card.limits.other:.2f} |",
        f"| log odds of a turn | {card.limits.turn:.2f} |",
        f"| distance from frontal films | {card.limits.odd:.2f} |",
        f"| lungs along the film's top, of their greatest width | {MOST_AT_TOP:.2f} |",
        f"| lungs along its bottom, of their greatest width | {MOST_AT_BOTTOM:.2f} |",
        f"| lungs along a side, of their greatest height | {MOST_AT_SIDE:.2f} |",
        "",
        f"Trained by `{card.training.command}` at {card.training.commit}.",
        "",
    ]
    return "\n".join(lines)


def _share(count: int, n: int) -> str:
    if n == 0:
        return "–"
    interval = wilson(count, n)
    return f"{count} ({100 * count / n:.1f} %) [{100 * interval.low:.1f}–{100 * interval.high:.1f}]"
