"""The score of a reading in words, with small tables beside them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import QCoreApplication

from engine.model.card import Estimate
from engine.results.agreement import Counting, Performance
from engine.results.reading_score import Mistake, ReadingScore
from engine.results.verdicts import Reader, ReadingMode

# Below this many films of a kind, one film more or less moves a share by over three in a hundred.
_FEW = 30


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, sentences below it, and a table whose first row names its columns; it may be empty."""

    title: str
    lines: tuple[str, ...]
    table: tuple[tuple[str, ...], ...] = ()


def sections(score: ReadingScore, *, you: str = "") -> list[Section]:
    """What the page says. `you` are the initials of the reader at the desk."""
    parts = [Section(_tr("Read so far"), tuple(_progress(score, you)))]
    if score.labelled:
        parts.append(Section(_tr("Against the labels"), tuple(_found(score, you)), _performance_table(score, you)))
    table = _agreement_table(score, you)
    if len(table) > 1:
        parts.append(Section(_tr("Agreement"), tuple(_agreed(score, you)), table))
    return parts


def as_html(parts: list[Section]) -> str:
    """The sections for a text page; whatever they hold is shown letter by letter."""
    page = []
    for part in parts:
        page.append(f"<p class='head'>{escape(part.title)}</p>")
        page += [f"<p style='margin: 4px 0'>{escape(line)}</p>" for line in part.lines]
        if part.table:
            heads, *rows = part.table
            cells = "".join(f"<th align='left'>{escape(cell)}</th>" for cell in heads)
            body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
            page.append(f"<table cellpadding='4' style='margin-top: 8px'><tr>{cells}</tr>{body}</table>")
    return "".join(page)


def as_text(parts: list[Section]) -> str:
    """The sections as plain text, the cells of tables with tabs between them."""
    blocks = []
    for part in parts:
        rows = ["\t".join(row) for row in part.table]
        blocks.append("\n".join([part.title, *part.lines, *rows]))
    return "\n\n".join(blocks) + "\n"


def mistake_cells(mistake: Mistake, you: str) -> tuple[str, str, str, str]:
    """A wrong answer: who, what was said, what the label says, the film."""
    said = _tr("no pneumonia") if mistake.has_pneumonia else _tr("pneumonia")
    if mistake.uncertain:
        said += _tr(" (uncertain)")
    label = _tr("pneumonia") if mistake.has_pneumonia else _tr("no pneumonia")
    return _who(mistake.reader, you), said, label, mistake.file


def _progress(score: ReadingScore, you: str) -> Iterator[str]:
    for reader, left in score.unread.items():
        if left:
            words = _tr("{who} gave a verdict on {read} of {films}; {left} left.")
        else:
            words = _tr("{who} gave a verdict on all {films}.")
        yield words.format(who=_who(reader, you), read=score.films - left, films=_films(score.films), left=left)
    if not score.unread:
        nobody = {
            None: _tr("Nobody has given a verdict on these {films} yet."),
            ReadingMode.BLIND: _tr("Nobody has given a blind verdict on these {films} yet."),
            ReadingMode.OPEN: _tr("Nobody has given a verdict on these {films} with the model’s answer in view yet."),
        }
        yield nobody[score.mode].format(films=_films(score.films))
    elif len(score.unread) > 1 and score.read_by_nobody:
        yield _tr("On {films} nobody has given a verdict.").format(films=_films(score.read_by_nobody))
    if score.labelled:
        yield _tr("{labelled} of {films} have a label: {ill} with pneumonia, {well} without.").format(
            labelled=score.labelled,
            films=_films(score.films),
            ill=score.with_pneumonia,
            well=score.labelled - score.with_pneumonia,
        )
    else:
        yield _tr("No labels are loaded. Choose a table or a folder that says which films show pneumonia.")


def _found(score: ReadingScore, you: str) -> Iterator[str]:
    comparison = score.comparison
    for reader, performance in comparison.reader_performance.items():
        words = _found_words(_who(reader, you), performance)
        if performance.left_out:
            unsure = _tr("Left out, since the reader could not tell: {films}.")
            words += " " + unsure.format(films=_films(performance.left_out))
        yield words
    model = comparison.model_performance
    if model:
        yield _found_words(_who(None, you), model[Counting.THRESHOLD])
        uncertain = model[Counting.THRESHOLD].uncertain
        if uncertain:
            yield _tr(
                "Uncertain among these: {films}. Counted as pneumonia, the model found {found} and cleared "
                "{cleared}; counted as none, it found {passed_found} and cleared {passed_cleared}."
            ).format(
                films=_films(uncertain),
                found=model[Counting.UNCERTAIN_READ].found,
                cleared=model[Counting.UNCERTAIN_READ].cleared,
                passed_found=model[Counting.UNCERTAIN_PASSED].found,
                passed_cleared=model[Counting.UNCERTAIN_PASSED].cleared,
            )
    if score.point is None:
        yield _tr("Another model scored this list, so its figures at the operating point in use are left out.")
    elif score.without_score:
        yield _tr("The model gave no score to {films} with a label: in none of its figures.").format(
            films=_films(score.without_score)
        )
    counted = [*comparison.reader_performance.values(), *model.values()]
    if any(min(each.found + each.missed, each.false_alarms + each.cleared) < _FEW for each in counted):
        yield _tr(
            "These are few films. With fewer than {few} of a kind a share says little: "
            "the truth may lie anywhere between the figures in brackets."
        ).format(few=_FEW)


def _found_words(who: str, performance: Performance) -> str:
    return _tr("{who} found {found} of {ill} with pneumonia, and cleared {cleared} of {well} without.").format(
        who=who,
        found=performance.found,
        ill=_films(performance.found + performance.missed),
        cleared=performance.cleared,
        well=performance.cleared + performance.false_alarms,
    )


def _performance_table(score: ReadingScore, you: str) -> tuple[tuple[str, ...], ...]:
    model = score.comparison.model_performance
    countings = {
        Counting.THRESHOLD: _tr("at {point}").format(point=score.point),
        Counting.UNCERTAIN_READ: _tr("uncertain as pneumonia"),
        Counting.UNCERTAIN_PASSED: _tr("uncertain as none"),
    }
    sides = [(_who(reader, you), each) for reader, each in score.comparison.reader_performance.items()]
    sides += [(f"{_who(None, you)}, {countings[counting]}", each) for counting, each in model.items()]
    if not sides:
        return ()
    heads = (_tr("Who"), _tr("Sensitivity"), _tr("Specificity"))
    return (heads, *((who, _percent(each.sensitivity), _percent(each.specificity)) for who, each in sides))


def _agreed(score: ReadingScore, you: str) -> Iterator[str]:
    pairs = [
        ((_who(first, you), _who(second, you)), each) for (first, second), each in score.comparison.readers.items()
    ]
    pairs += [((_who(reader, you), _tr("the model")), each) for reader, each in score.comparison.with_model.items()]
    for (first, second), each in pairs:
        if each.films:
            yield _tr("{first} and {second} said the same of {same} of {films}.").format(
                first=first, second=second, same=each.both + each.neither, films=_films(each.films)
            )
        else:
            yield _tr("There is no film yet of which both {first} and {second} said yes or no.").format(
                first=first, second=second
            )
    yield _tr("Kappa is agreement beyond chance: 1 where they always agree, 0 where chance would do as well.")
    yield _tr("Another finding counts as no pneumonia; films of which a reader cannot tell are left out.")
    if any(each.films < _FEW for _, each in pairs):
        yield _tr("These are few films, so the figures in brackets lie far apart.")


def _agreement_table(score: ReadingScore, you: str) -> tuple[tuple[str, ...], ...]:
    rows = [
        (f"{_who(first, you)} – {_who(second, you)}", _percent(each.share), _kappa(each.kappa))
        for (first, second), each in score.comparison.readers.items()
    ]
    rows += [
        (f"{_who(reader, you)} – {_tr('the model')}", _percent(each.share), _kappa(each.kappa))
        for reader, each in score.comparison.with_model.items()
    ]
    return ((_tr("Who"), _tr("The same"), _tr("Kappa")), *rows)


def _who(reader: Reader | None, you: str) -> str:
    if reader is None:
        return _tr("The model")
    return _tr("You") if reader.initials.casefold() == you.casefold() else reader.initials


def _films(count: int) -> str:
    return _tr("1 film") if count == 1 else _tr("{count} films").format(count=count)


def _percent(share: Estimate | None) -> str:
    if share is None:
        return "–"
    return _tr("{value} % ({low} to {high})").format(
        value=round(share.value * 100), low=round(share.low * 100), high=round(share.high * 100)
    )


def _kappa(kappa: Estimate | None) -> str:
    if kappa is None:
        return _tr("not defined")
    value, low, high = (f"{figure:.2f}".replace("-", "−") for figure in (kappa.value, kappa.low, kappa.high))
    return _tr("{value} ({low} to {high})").format(value=value, low=low, high=high)


def _tr(source: str) -> str:
    return QCoreApplication.translate("classroom", source)
