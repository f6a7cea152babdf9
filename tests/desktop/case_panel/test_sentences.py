import pytest

from desktop.case_panel.sentences import extent_sentence, frequency_sentence, threshold_sentence
from tests.builders import make_point


@pytest.mark.parametrize(
    ("probability", "prevalence", "sentence"),
    [
        (0.93, 0.5, "Of 100 films with this score, about 93 show pneumonia, where half of all films do."),
        (0.01, 0.5, "Of 100 films with this score, about 1 shows pneumonia, where half of all films do."),
        (0.999, 0.3, "Of 100 films with this score, more than 99 show pneumonia, where 30 in 100 of all films do."),
        (0.001, 0.5, "Of 100 films with this score, fewer than 1 shows pneumonia, where half of all films do."),
    ],
)
def test_natural_frequencies(probability: float, prevalence: float, sentence: str) -> None:
    assert frequency_sentence(probability, prevalence) == sentence


@pytest.mark.parametrize(
    ("extent", "step"),
    [
        (0.0, "limited"),
        (0.166, "limited"),
        (1 / 6, "moderate"),
        (0.499, "moderate"),
        (0.5, "extensive"),
        (1.0, "extensive"),
    ],
)
def test_extent_has_three_steps(extent: float, step: str) -> None:
    assert f"Heat in the lungs: {step}," in extent_sentence(extent)


def test_the_operating_point_in_words() -> None:
    assert "0.40 (screening) caught 95 of 100" in threshold_sentence(make_point())
