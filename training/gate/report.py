"""`mapafu-train gate-report`: the shares of films and other pictures that the gate turns away, as a page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine.errors import OutputError
from engine.films.exposure import is_badly_exposed
from engine.films.lettering import has_lettering
from engine.films.radiograph import load_radiograph
from engine.model.film_gate import GateCard, load_gate
from engine.model.lung_shape import MOST_AT_BOTTOM, MOST_AT_SIDE, MOST_AT_TOP
from engine.model.pack import bundled_model
from engine.reasons import Reason
from engine.results.intervals import wilson
from training.gate.groups import Group, ReportSources, cut_groups, whole_groups
from training.gate.measure import with_lungs
from training.gate.sheet import contact_sheet


def write_report(model: Path | None, sources: ReportSources, *, page: Path, sheet: Path | None, command: str) -> None:
    """Measure the gate, with the bundled model's lungs, and write a page of Markdown and a sheet of what it got wrong.

    Raises:
        DataError: The films cannot be used.
        ModelError: The gate cannot be used.
        OutputError: The page cannot be written.
    """
    gate = load_gate(model)
    look = with_lungs(gate, bundled_model())
    groups = [*whole_groups(look, sources), *cut_groups(look, sources)]
    try:
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(_page(gate.card, groups, command), encoding="utf-8")
        if sheet is not None:
            contact_sheet(groups).savefig(sheet, dpi=100)
    except OSError as error:
        raise OutputError(f"{page} cannot be written. Choose another place with --out.") from error


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
