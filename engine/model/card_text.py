"""The model card as one text to read: GitHub-flavoured Markdown, for the window and for the documentation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from engine.model.card import Calibration, Estimate, ModelCard, OperatingPoint

_CODE = re.compile(r"(`[^`|]+`)")
_SIGNS = re.compile(r"[\\`*\[\]<>|~&]|(?<!\w)_|_(?!\w)")
_LINE_START = re.compile(r"^(?:(?=[#+=-])|(\d+)(?=[.)](?:\s|$)))")


def card_markdown(card: ModelCard) -> str:
    """Everything the card says of its model, in sections with tables.

    What the card says is escaped, but for code between backticks: a model file may come from anywhere, and its words
    can make neither markup nor a section of their own.
    """
    blocks = [
        f"# {_text(card.model_id)} {_text(card.model_version)}",
        "## Intended use",
        _text(card.intended_use),
        "## Limits",
        _bullets(map(_text, card.limits)),
        "## Known failures",
        _bullets(map(_text, card.known_failures)) if card.known_failures else "None is recorded.",
        "## What it learned from",
        *_populations(card),
        "## How well it tells films apart",
        *_figures(card),
        "## Operating points",
        *_operating_points(card),
        "## What its probability means",
        *_calibration(card),
        "## Heat, lungs and unlike films",
        *_outputs(card),
        "## Credits",
        _bullets(f"{_text(credit.what)}: {_text(credit.who)} ({_text(credit.licence)})" for credit in card.credits),
        "## Training record",
        _training(card),
    ]
    return "\n\n".join(blocks) + "\n"


def _populations(card: ModelCard) -> Iterator[str]:
    yield _table(
        ("Source", "Films", "Patients", "Age in years", "Views"),
        (
            (
                _text(population.source),
                _count(population.films),
                _count(population.patients),
                _years(population.age_from_years, population.age_to_years),
                ", ".join(map(_text, population.views)),
            )
            for population in card.populations
        ),
        numbers=(1, 2),
    )
    if card.ages:
        yield "### Films by age"
        yield _table(
            ("Films of", "Role", "Age in years", "Films", "With pneumonia"),
            (
                (
                    _text(row.data_set),
                    _text(row.role),
                    _years(row.age_from_years, row.age_to_years),
                    _count(row.films),
                    _count(row.with_pneumonia),
                )
                for row in card.ages
            ),
            numbers=(3, 4),
        )


def _figures(card: ModelCard) -> Iterator[str]:
    yield (
        "All figures are given with their 95 % interval, and were measured on films that the model had not seen. "
        "Intervals come from resampling patients; a share of exactly 0 or 1 has Wilson's, counted in patients."
    )
    yield _table(
        ("Films", "View", "Question", "With", "Without", "Patients", "AUROC"),
        (
            (
                _text(figure.data_set),
                _text(figure.view),
                _text(figure.question),
                _count(figure.positives),
                _count(figure.negatives),
                _count(figure.patients),
                _estimate(figure.auroc),
            )
            for figure in card.figures
        ),
        numbers=(3, 4, 5),
    )
    yield "Measured by:"
    yield _bullets(dict.fromkeys(_code(figure.command) for figure in card.figures))


def _operating_points(card: ModelCard) -> Iterator[str]:
    share = _share(card.calibration.prevalence)
    yield (
        "Ages are in years. A film is positive from the upper threshold up, negative below the lower one, and "
        "uncertain between them. Sensitivity and specificity are measured at the threshold itself. The share of "
        f"uncertain films holds where {share} of 100 films show pneumonia."
    )
    yield _table(
        ("Point", "Age", "Threshold", "Uncertain", "Sensitivity", "Specificity", "Films uncertain"),
        (
            (
                _text(point.name),
                ages,
                f"{point.threshold:.3f}",
                f"{point.threshold_low:.3f} to {point.threshold_high:.3f}",
                _estimate(point.sensitivity),
                _estimate(point.specificity),
                f"{100 * point.uncertain_share:.1f} %",
            )
            for ages, point in _points(card)
        ),
        numbers=(2, 3, 6),
    )
    yield _bullets(_point_words(ages, point) for ages, point in _points(card))


def _points(card: ModelCard) -> Iterator[tuple[str, OperatingPoint]]:
    """Each operating point with the ages that it is for, those of one name together."""
    for number, point in enumerate(card.operating_points):
        for band in card.age_bands:
            yield _years(band.age_from_years, band.age_to_years), band.operating_points[number]
        yield _remaining_ages(card), point


def _remaining_ages(card: ModelCard) -> str:
    return "unknown" if card.age_bands else "all"


def _point_words(ages: str, point: OperatingPoint) -> str:
    words = (
        f"{_code(point.name)}, age {ages}: {_text(point.rule.rstrip('.'))}. Measured on: "
        f"{_text(point.data_set)}. Where uncertain films count "
        f"as positive, sensitivity is {point.sensitivity_if_uncertain_read:.3f} and specificity "
        f"{point.specificity_if_uncertain_read:.3f}; where they count as "
        f"negative, {point.sensitivity_if_uncertain_passed:.3f} and {point.specificity_if_uncertain_passed:.3f}."
    )
    if point.perturbed is None:
        return f"{words} Perturbed films were not tried."
    return (
        f"{words} At the worst of the perturbations tried ({_text(point.perturbed.worst)}), sensitivity is "
        f"{point.perturbed.sensitivity:.3f} and specificity {point.perturbed.specificity:.3f}."
    )


def _calibration(card: ModelCard) -> Iterator[str]:
    yield (
        f"It holds for a place where {_share(card.calibration.prevalence)} of 100 films show pneumonia. It is the "
        "logistic function of `slope * logit + intercept`."
    )
    bands: list[tuple[str, Calibration]] = [
        (_years(band.age_from_years, band.age_to_years), band.calibration) for band in card.age_bands
    ]
    yield _table(
        ("Age in years", "Method", "Slope", "Intercept"),
        (
            (ages, _text(calibration.method), f"{calibration.slope:.3f}", f"{calibration.intercept:.3f}")
            for ages, calibration in [*bands, (_remaining_ages(card), card.calibration)]
        ),
        numbers=(2, 3),
    )
    if bands:
        yield "An age between or beyond these takes the nearest one, also for its operating points."
    if card.calibration_checks:
        yield "A second calibration on films that the first was not fitted to; slope 1 and intercept 0 are perfect:"
        yield _table(
            ("Films", "Slope", "Intercept"),
            (
                (_text(check.data_set), _estimate(check.slope), _estimate(check.intercept))
                for check in card.calibration_checks
            ),
        )


def _outputs(card: ModelCard) -> Iterator[str]:
    yield (
        "Heat is where the model looked, on a scale from 0 to 1 that is fixed for the model. A cell counts as warm "
        f"from {card.heat_threshold:.2f} up."
    )
    if card.ood_limit is None:
        yield "The model cannot tell how unlike the training films a film is."
    else:
        yield (
            f"A film whose distance from the training films is over {card.ood_limit:.2f} (about 1 is usual) is noted "
            "as unlike them, and never called negative."
        )


def _training(card: ModelCard) -> str:
    spec, record = card.input, card.training
    return _bullets(
        [
            f"Recipe: {_code(record.recipe)}, seed {record.seed}",
            f"Command: {_code(record.command)}",
            f"Commit: {_code(record.commit)}",
            f"Input: {spec.size} x {spec.size} pixels; the percentiles {spec.low_percentile:g} and "
            f"{spec.high_percentile:g} of the film become 0 and 1, less {spec.mean:g}, divided by {spec.std:g}",
            f"Classes: {', '.join(map(_text, card.classes))}",
            f"SHA-256 of the network without its card: {_code(card.graph_sha256)}",
        ]
    )


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Sequence[int] = ()) -> str:
    """`numbers` are the columns that are set to the right."""
    marks = ["---:" if column in numbers else "---" for column in range(len(heads))]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, marks, *rows))


def _bullets(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _estimate(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} ({estimate.low:.3f} to {estimate.high:.3f})"


def _years(first: int, last: int) -> str:
    return f"{first}" if first == last else f"{first} to {last}"


def _count(number: int) -> str:
    return f"{number:,}"


def _share(share: float) -> str:
    return f"{100 * share:.3g}"


def _text(words: str) -> str:
    """Words from the card on one line, without markup but for code between backticks."""
    parts = _CODE.split(_one_line(words))
    parts[::2] = [_SIGNS.sub(r"\\\g<0>", part) for part in parts[::2]]
    return _LINE_START.sub(r"\1\\", "".join(parts))


def _code(words: str) -> str:
    """Words from the card set as code, on one line."""
    return f"`{_one_line(words).replace('`', chr(39))}`"


def _one_line(words: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in words).split())
