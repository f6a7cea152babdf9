"""The sections of the report, in the order in which they are read."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from training.explore import charts, grids
from training.explore.findings import OUTLIERS_PER_CLASS, TELLING, Findings, warnings_of
from training.explore.likeness import DuplicateGroup
from training.explore.measures import geometry_table, known_sizes
from training.html_report import HtmlReport

_SAMPLES_PER_CLASS = 6
_MOST_ROWS = 40


def add_overview(page: HtmlReport, found: Findings) -> None:
    """How much there is, and the warnings."""
    read = found.read
    whose = f" of {len(found.patients):,} patients" if found.patients else ""
    page.add_text(
        f"{len(read.films):,} films{whose}. Classes, from {found.listing.source}: {', '.join(read.classes)}. "
        f"Splits: {', '.join(read.splits)}."
    )
    for remark in found.listing.remarks:
        page.add_text(remark)
    page.add_heading("Look at this first")
    concerns = warnings_of(found)
    for sentence in concerns:
        page.add_warning(sentence)
    if not concerns:
        page.add_text("Nothing stands out. The pictures below still deserve a look.")


def add_counts(page: HtmlReport, found: Findings) -> None:
    """Films per class and split."""
    read, counts = found.read, found.counts
    page.add_heading("Films per class and split")
    rows: list[list[object]] = []
    for split in read.splits:
        values = [counts[split, label] for label in read.classes]
        rows.append([split, *values, sum(values)])
    if len(rows) > 1:
        rows.append(["all", *(sum(counts[split, label] for split in read.splits) for label in read.classes)])
        rows[-1].append(len(read.films))
    page.add_table(["split", *read.classes, "films"], rows)
    page.add_figure(
        charts.count_chart(counts, read.splits, read.classes), "Readable films of each class in each split."
    )


def add_patients(page: HtmlReport, found: Findings) -> None:
    """Patients, and those who stand in several splits."""
    page.add_heading("Patients across splits")
    if not found.patients:
        page.add_text("No patients are named, so this cannot be checked.")
        return
    most, films = found.patients.most_common(1)[0]
    page.add_text(f"{len(found.patients):,} patients are named; patient {most} has the most films, {films:,}.")
    if found.mixed_patients:
        page.add_text(f"{found.mixed_patients:,} patients have films of more than one class.")
    if not found.across:
        page.add_text("No patient has films in more than one split.")
        return
    page.add_text(f"{len(found.across):,} patients have films in more than one split{_shown(len(found.across))}.")
    splits = found.read.splits
    rows = [[one.patient, *(one.films.get(split, 0) for split in splits)] for one in found.across[:_MOST_ROWS]]
    page.add_table(["patient", *(f"films in {split}" for split in splits)], rows)


def add_sizes(page: HtmlReport, found: Findings) -> None:
    """Sizes, shapes and the facts that give a class away."""
    read = found.read
    index, sizes = known_sizes(read)
    whose = "The size of each file"
    if len(read.with_original()):
        whose = f"The original size of the {len(index):,} films for which the manifest gives one"
    page.add_heading("Sizes and shapes")
    if (sizes == sizes[0]).all():
        page.add_text(f"{whose} is the same, {sizes[0, 0]:,} x {sizes[0, 1]:,} pixels.")
    else:
        page.add_figure(
            charts.size_chart(sizes, read.labels[index], read.classes),
            f"{whose}, and how wide the films of a class are for their height. Where the curves lie apart, the shape "
            "alone betrays the label.",
        )
    names, rows = geometry_table(read)
    if names:
        page.add_table(["class", *(f"geometry {name}" for name in names)], [[label, *values] for label, values in rows])
    if not found.cues:
        return
    page.add_text(
        "How well one fact alone, without a look at the lungs, tells a class from the rest: area under the ROC curve, "
        f"0.5 says nothing, 1 everything, from {TELLING} on it is a warning. Too few films leave a field empty."
    )
    two = len(read.classes) == 2
    headings = (
        [f"{read.classes[0]} from {read.classes[1]}"] if two else [f"{name} from the rest" for name in read.classes]
    )
    page.add_table(
        ["fact", *headings],
        [[cue.name, *("" if value is None else value for value in cue.told[: len(headings)])] for cue in found.cues],
    )


def add_samples(page: HtmlReport, found: Findings) -> None:
    """Films of each class."""
    page.add_heading("Samples")
    page.add_figure(
        grids.sample_grid(found.read, per_class=_SAMPLES_PER_CLASS),
        "Films of each class, drawn by chance, in the shape and tone of the file.",
    )


def add_means(page: HtmlReport, found: Findings) -> None:
    """The mean film of each class."""
    page.add_heading("Mean film of each class")
    page.add_figure(
        charts.mean_chart(found.read),
        "The mean of the films as the model sees them. Differences over the lungs are welcome; differences at the "
        "edges, in the corners or in letters are cues that have nothing to do with disease.",
    )


def add_tones(page: HtmlReport, found: Findings) -> None:
    """Intensity histograms of each class."""
    page.add_heading("Intensity by class")
    page.add_figure(
        charts.tone_chart(found.read),
        "Share of the pixels at each value, every film weighing the same; a peak at black or white may be cut off. "
        "Curves that lie apart as read may come from the machine or the export rather than from the chest.",
    )


def add_duplicates(page: HtmlReport, found: Findings) -> None:
    """Films that show the same picture."""
    groups = found.duplicates
    page.add_heading("Near-duplicates")
    if not groups:
        page.add_text("No two films are nearly the same.")
        return
    films = sum(len(group.films) for group in groups)
    page.add_text(
        f"{films:,} films form {len(groups):,} groups that show the same picture{_shown(len(groups))}: the 64-bit "
        "hashes differ in at most 10 bits, and the fine detail agrees."
    )
    page.add_table(
        ["group", "films", "splits", "classes", "patients", "bits"],
        [_duplicate_row(number, group) for number, group in enumerate(groups[:_MOST_ROWS], start=1)],
    )
    page.add_figure(
        grids.duplicate_grid(groups),
        f"Two films of each of the first {min(len(groups), grids.SHOWN_GROUPS)} groups; in red where they stand in "
        "different splits or classes.",
    )


def add_outliers(page: HtmlReport, found: Findings) -> None:
    """Films unlike the others of their class."""
    page.add_heading("Outliers")
    if not any(found.outliers):
        page.add_text("There are too few films to say which of them stand apart.")
        return
    page.add_figure(
        grids.outlier_grid(found.outliers, found.read.classes),
        f"The {OUTLIERS_PER_CLASS} films of each class that lie farthest from its mean, over the main "
        "directions in which films vary; a distance of 1 is usual. Look for wrong labels, side views, and films that "
        "are turned or inverted.",
    )


def add_unreadable(page: HtmlReport, found: Findings) -> None:
    """Films that were skipped."""
    lost = found.read.unreadable
    page.add_heading("Unreadable films")
    if not lost:
        page.add_text("Every film could be read.")
        return
    page.add_text(f"{len(lost):,} films could not be read and were skipped{_shown(len(lost))}.")
    page.add_table(
        ["film", "split", "class", "reason"],
        [[one.film.file, one.film.split, one.film.label, one.sentence] for one in lost[:_MOST_ROWS]],
    )


SECTIONS: Sequence[Callable[[HtmlReport, Findings], None]] = (
    add_overview,
    add_counts,
    add_patients,
    add_sizes,
    add_samples,
    add_means,
    add_tones,
    add_duplicates,
    add_outliers,
    add_unreadable,
)


def _duplicate_row(number: int, group: DuplicateGroup) -> list[object]:
    facts = [sorted({getattr(film, name) for film in group.films} - {""}) for name in ("split", "label", "patient")]
    return [
        number,
        ", ".join(film.file for film in group.films),
        *(", ".join(values) for values in facts),
        group.distance,
    ]


def _shown(count: int) -> str:
    return f"; the first {_MOST_ROWS} are listed" if count > _MOST_ROWS else ""
