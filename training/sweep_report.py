"""What a sweep found, as a page to read (`sweep.md`) and as data (`sweep.json`)."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.errors import OutputError

PAGE, DATA = "sweep.md", "sweep.json"
FINISHED = "finished"
_OPTIMISM = (
    "The best of many trials on one fold looks better than it is: part of its lead is luck. Train it again on all "
    "films and believe the fold kept for reporting, which no trial has seen."
)


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One trial.

    Attributes:
        folder: Name of its run folder.
        outcome: `finished`, `stopped early` or `cut off`.
        auroc: The best on the choosing fold; None where no epoch was finished.
    """

    folder: str
    outcome: str
    auroc: float | None
    epochs: int
    settings: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SweepReport:
    """All trials of a sweep and what they were tried on.

    Attributes:
        films_to_learn: Films that each trial learned from.
        films_to_choose: Films that the trials were compared on.
    """

    recipe: str
    epochs: int
    limit: int | None
    films_to_learn: int
    films_to_choose: int
    trials: tuple[TrialRow, ...]

    @property
    def best(self) -> TrialRow | None:
        """The finished trial with the highest AUROC."""
        finished = [trial for trial in self.trials if trial.outcome == FINISHED]
        return max(finished, key=lambda trial: trial.auroc or 0.0, default=None)


def write_report(report: SweepReport, out: Path) -> str:
    """Write the page and the data into a folder, and return the page. Raises OutputError."""
    page = _page(report)
    best = None if report.best is None else {**dataclasses.asdict(report.best), "command": _command(report)}
    content = {**dataclasses.asdict(report), "best": best, "warning": _OPTIMISM}
    try:
        (out / PAGE).write_text(page, encoding="utf-8")
        (out / DATA).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise OutputError(f"{out} cannot be written to ({error.strerror}). Make room there.") from error
    return page


def _page(report: SweepReport) -> str:
    best = report.best
    lines = [
        f"# Sweep of {report.recipe}",
        "",
        f"{len(report.trials)} trials of up to {report.epochs} epochs, each on {report.films_to_learn} films to learn "
        f"from and {report.films_to_choose} to choose on.",
        "",
    ]
    if best is None:
        lines += ["No trial has been finished.", ""]
    else:
        lines += [f"Best: {best.folder}, AUROC {_figure(best.auroc)} on the choosing fold.", ""]
        lines += [f"    {_command(report)}", "", _OPTIMISM, ""]
    names = list(report.trials[0].settings) if report.trials else []
    lines += [_line(["trial", "AUROC", "epochs", "outcome", *names]), _line(["---"] * (4 + len(names)))]
    for trial in sorted(report.trials, key=lambda trial: -(trial.auroc or 0.0)):
        values = [_figure(trial.settings.get(name)) for name in names]
        lines.append(_line([trial.folder, _figure(trial.auroc), str(trial.epochs), trial.outcome, *values]))
    return "\n".join(lines) + "\n"


def _command(report: SweepReport) -> str:
    """The best settings as a command, on all films."""
    assert report.best is not None
    settings = dict(report.best.settings)
    switch = "--class-weights" if settings.pop("class_weights") else "--no-class-weights"
    options = [f"--{name.replace('_', '-')} {value}" for name, value in settings.items()]
    return " ".join([f"mapafu-train run {report.recipe}", *options, switch, "--data FILMS --out RUN"])


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _figure(value: object) -> str:
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)
