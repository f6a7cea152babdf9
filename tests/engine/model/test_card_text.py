from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.model.card import AgeBand, Calibration, ModelCard, PerturbedFigures
from engine.model.card_text import card_markdown
from engine.model.pack import load_pack

PAGE = Path(__file__).parents[3] / "docs/model-card.md"


@pytest.fixture(scope="module")
def card() -> ModelCard:
    return load_pack().card


def test_the_documentation_has_the_card_of_the_bundled_model(card: ModelCard) -> None:
    head, _, page = PAGE.read_text(encoding="utf-8").partition("\n\n")
    assert "`mapafu-train card --model resources/model.onnx --out docs/model-card.md`" in head
    assert page == card_markdown(card)


def test_it_says_all_that_the_card_says(card: ModelCard) -> None:
    page = card_markdown(card)
    words = [card.model_version, card.intended_use, card.graph_sha256, card.training.command, card.training.commit]
    words += [*card.limits, *card.known_failures]
    words += [figure.question for figure in card.figures] + [figure.command for figure in card.figures]
    words += [
        f"{figure.auroc.value:.3f} ({figure.auroc.low:.3f} to {figure.auroc.high:.3f})" for figure in card.figures
    ]
    words += [f"| {point.name} | unknown | {point.threshold:.3f} |" for point in card.operating_points]
    words += [
        f"| {point.name} | {band.age_from_years} to {band.age_to_years} | {point.threshold:.3f} |"
        for band in card.age_bands
        for point in band.operating_points
    ]
    words += [
        f"| {row.role} | {row.age_from_years} to {row.age_to_years} | {row.films:,} | {row.with_pneumonia:,} |"
        for row in card.ages
    ]
    words += [credit.who for credit in card.credits] + [population.source for population in card.populations]
    for word in words:
        assert word in page


def test_what_a_model_lacks_is_said(card: ModelCard) -> None:
    points = tuple(replace(point, perturbed=None) for point in card.operating_points)
    lacking = replace(card, ages=(), known_failures=(), calibration_checks=(), age_bands=(), ood_limit=None)
    bare = card_markdown(replace(lacking, operating_points=points))
    assert "None is recorded." in bare
    assert "Films by age" not in bare
    assert "A second calibration" not in bare
    assert "cannot tell how unlike" in bare
    assert bare.count("Perturbed films were not tried.") == 3
    assert "| all | Platt" in bare


def test_bands_perturbations_and_the_limit(card: ModelCard) -> None:
    calibration = Calibration(method="made up", slope=2.0, intercept=-1.0, prevalence=0.5)
    point = replace(
        card.operating_points[0], perturbed=PerturbedFigures(worst="blur", sensitivity=0.9, specificity=0.8)
    )
    strict = replace(point, threshold=0.95, threshold_high=0.96)
    page = card_markdown(
        replace(
            card,
            age_bands=(
                AgeBand(age_from_years=0, age_to_years=0, calibration=calibration, operating_points=(strict,)),
                AgeBand(age_from_years=1, age_to_years=4, calibration=calibration, operating_points=(point,)),
            ),
            operating_points=(point,),
            ood_limit=1.75,
        )
    )
    assert "| 0 | made up | 2.000 | -1.000 |\n| 1 to 4 | made up | 2.000 | -1.000 |\n| unknown | Platt" in page
    assert f"| {point.name} | 0 | 0.950 | {point.threshold_low:.3f} to 0.960 |" in page
    assert f"| {point.name} | unknown | {point.threshold:.3f} |" in page
    assert f"- `{point.name}`, age 1 to 4: " in page
    assert "(blur), sensitivity is 0.900 and specificity 0.800." in page
    assert "is over 1.75" in page


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("<img src='x'> & co", "\\<img src='x'\\> \\& co"),
        ("a | b\n\n# A section", "a \\| b # A section"),
        ("# no heading", "\\# no heading"),
        ("- no list", "\\- no list"),
        ("12. no list", "12\\. no list"),
        ("0.1.0", "0.1.0"),
        ("[link](file:///x) ![](y)", "\\[link\\](file:///x) !\\[\\](y)"),
        ("*bold* _slanted_ rule_in ~~gone~~", "\\*bold\\* \\_slanted\\_ rule_in \\~\\~gone\\~\\~"),
        ("at `rule_in` of <b> and `", "at `rule_in` of \\<b\\> and \\`"),
        ("`a|b`", "\\`a\\|b\\`"),
        ("back\\slash\u202e", "back\\\\slash"),
    ],
)
def test_words_of_the_card_are_no_markup(card: ModelCard, words: str, shown: str) -> None:
    page = card_markdown(replace(card, limits=(words,), intended_use="plain"))
    assert f"## Limits\n\n- {shown}\n\n## Known failures" in page


def test_code_of_the_card_stays_on_its_line(card: ModelCard) -> None:
    record = replace(card.training, command="run `x`\n# y")
    assert "- Command: `run 'x' # y`\n" in card_markdown(replace(card, training=record))
