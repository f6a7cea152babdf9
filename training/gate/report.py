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
from engine.model.film_gate import FilmGate, GateCard, load_gate
from engine.model.preprocess import resample
from engine.results.intervals import wilson
from training.films import DataError, FoldPlan, LabelledFilm, films_of_fold, read_adults, read_manifest
from training.gate.measure import Seen, let_through
from training.gate.preparation import read_others

_TILE, _PER_ROW, _MOST = 120, 8, 48
_VIEWS = ("PA", "AP")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSources:
    """What the gate is measured on.

    Attributes:
        data: Films of children; those of the report fold are taken.
        adults: Adult films; those read for tuning are taken.
        others: Pictures that are no frontal chest films, in a folder for each kind, with `manifest.csv`.
        use: Which rows of `others`.
        dicom: A folder of DICOM files that are no chest films; None leaves it out.
    """

    data: Path
    adults: Path
    others: Path
    use: str
    dicom: Path | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """Pictures of one kind and what became of them; `frontal` ones should be let through."""

    name: str
    frontal: bool
    seen: list[Seen]

    @property
    def wrong(self) -> list[Seen]:
        """Frontal films that were turned away or turned round, and other pictures that were let through."""
        if self.frontal:
            return [film for film in self.seen if film.reason is not None or film.turns]
        return [film for film in self.seen if film.reason is None]


def write_report(model: Path | None, sources: ReportSources, *, page: Path, sheet: Path | None, command: str) -> None:
    """Measure the gate and write a page of Markdown, and a contact sheet of what it got wrong.

    Raises:
        DataError: The films cannot be used.
        ModelError: The gate cannot be used.
        OutputError: The page cannot be written.
    """
    gate = load_gate(model)
    groups = list(_groups(gate, sources))
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(_page(gate.card, groups, command), encoding="utf-8")
        if sheet is not None:
            contact_sheet(groups).savefig(sheet, dpi=100)
    except OSError as error:
        raise OutputError(f"{page} cannot be written. Choose another place with --out.") from error


def contact_sheet(groups: Sequence[Group]) -> Figure:
    """Small copies of what the gate got wrong, each with its kind and reason."""
    wrong = [(group, film) for group in groups for film in group.wrong][:_MOST]
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


def _groups(gate: FilmGate, sources: ReportSources) -> Iterator[Group]:
    children = films_of_fold(read_manifest(sources.data), FoldPlan().report)
    yield _frontal(gate, "children, held-out fold", children)
    for view in _VIEWS:
        yield _frontal(gate, f"adults read for tuning, {view}", read_adults(sources.adults, view=view))
    for kind, paths in _by_kind(sources).items():
        yield Group(kind, False, let_through(gate, paths, what=kind))
    if sources.dicom is not None:
        files = sorted(path for path in sources.dicom.rglob("*") if path.is_file())
        yield Group("DICOM files of other kinds", False, let_through(gate, files, what="DICOM files"))


def _frontal(gate: FilmGate, name: str, films: Sequence[LabelledFilm]) -> Group:
    return Group(name, True, let_through(gate, [film.path for film in films], what=name))


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
        "Whole gate: tags, size, colour and content first, then the network. Network alone: nothing but the pixels.",
        "In brackets the 95 % interval (Wilson). Some adult films lie on their side in the collection itself, and are",
        "rightly turned round.",
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
        "| pictures | n | turned away by the whole gate | by the network alone |",
        "| --- | ---: | ---: | ---: |",
    ]
    for group in groups:
        if not group.frontal:
            n = len(group.seen)
            away = sum(film.reason is not None for film in group.seen)
            alone = sum(film.by_pixels for film in group.seen)
            lines.append(f"| {group.name} | {n} | {_share(away, n)} | {_share(alone, n)} |")
    lines += [
        "",
        "## Films turned and cut",
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
