"""The model card as a page to read: figures, limits, populations, credits."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from PySide6.QtCore import QCoreApplication

from engine.model.card import Estimate, ModelCard, OperatingPoint


def card_page(card: ModelCard, *, sha256: str) -> str:
    """HTML of a model card. What the card says is escaped: a model file may come from anywhere."""
    sections = [
        f"<h1>{escape(card.model_id)} {escape(card.model_version)}</h1>",
        _heading(_tr("Its limits")),
        _bullets(card.limits),
        _heading(_tr("Operating points")),
        *(_point_text(point) for point in card.operating_points),
        _heading(_tr("How well it did on films it had not seen")),
        _figures(card),
        _heading(_tr("What it learned from")),
        _populations(card),
        _heading(_tr("How its probability is meant")),
        _paragraph(
            _tr("Calibrated ({method}) for a place where {share} of 100 films show pneumonia.").format(
                method=card.calibration.method, share=f"{card.calibration.prevalence * 100:.3g}"
            )
        ),
        _paragraph(
            _tr("Checked on {films}: slope {slope}, intercept {intercept}; 1 and 0 are perfect.").format(
                films=card.calibration_check.data_set,
                slope=_estimate(card.calibration_check.slope),
                intercept=_estimate(card.calibration_check.intercept),
            )
        ),
        _heading(_tr("Whose work it stands on")),
        _bullets(f"{credit.what}: {credit.who} ({credit.licence})" for credit in card.credits),
        _heading(_tr("How to make it again")),
        _paragraph(f"{card.training.command} · {card.training.commit[:12]}"),
        _paragraph(_tr("SHA-256 of the file: {hash}").format(hash=f"{sha256[:32]} {sha256[32:]}")),
    ]
    return "".join(sections)


def _point_text(point: OperatingPoint) -> str:
    words = _tr(
        "{rule}. Threshold {threshold}; uncertain from {low} to {high}. Sensitivity {sensitivity}, "
        "specificity {specificity}. {uncertain} of 100 held-out films are uncertain; read as positive, "
        "sensitivity is {read}; passed as negative, it is {passed}."
    ).format(
        rule=point.rule.rstrip(".").capitalize(),
        threshold=f"{point.threshold:.2f}",
        low=f"{point.threshold_low:.2f}",
        high=f"{point.threshold_high:.2f}",
        sensitivity=_estimate(point.sensitivity),
        specificity=_estimate(point.specificity),
        uncertain=round(point.uncertain_share * 100),
        read=f"{point.sensitivity_if_uncertain_read:.3f}",
        passed=f"{point.sensitivity_if_uncertain_passed:.3f}",
    )
    return f"<p><b>{escape(point.name)}</b><br>{escape(words)}</p>"


def _figures(card: ModelCard) -> str:
    rows = [
        (
            figure.data_set,
            figure.view,
            figure.question,
            f"{figure.positives} / {figure.negatives}",
            _estimate(figure.auroc),
        )
        for figure in card.figures
    ]
    heads = (_tr("Films"), _tr("View"), _tr("Question"), _tr("With / without"), _tr("AUROC"))
    return _table(heads, rows)


def _populations(card: ModelCard) -> str:
    rows = [
        (
            population.source,
            str(population.films),
            str(population.patients),
            f"{population.age_from_years}–{population.age_to_years}",
            ", ".join(population.views),
        )
        for population in card.populations
    ]
    return _table((_tr("Source"), _tr("Films"), _tr("Patients"), _tr("Years"), _tr("Views")), rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    top = "".join(f"<th align='left'>{escape(head)}</th>" for head in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table cellspacing='0' cellpadding='6' width='100%'><tr>{top}</tr>{body}</table>"


def _estimate(estimate: Estimate) -> str:
    return f"{estimate.value:.3f} ({estimate.low:.3f}–{estimate.high:.3f})"


def _heading(words: str) -> str:
    return f"<p class='head'>{escape(words)}</p>"


def _paragraph(words: str) -> str:
    return f"<p>{escape(words)}</p>"


def _bullets(lines: Iterable[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in lines) + "</ul>"


def _tr(source: str) -> str:
    return QCoreApplication.translate("card", source)
