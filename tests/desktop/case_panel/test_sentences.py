import pytest

from desktop.case_panel.sentences import extent_sentence, frequency_sentence, prevalence_sentence, threshold_sentence
from tests.builders import make_point


@pytest.mark.parametrize(
    ("probability", "here", "sentence"),
    [
        (0.93, None, "Of 100 such films, about 93 show pneumonia."),
        (0.01, None, "Of 100 such films, about 1 shows pneumonia."),
        (0.999, None, "Of 100 such films, at least 99 show pneumonia."),
        (0.001, None, "Of 100 such films, at most 1 shows pneumonia."),
        (0.93, 0.5, "Of 100 such films here, about 93 show pneumonia."),
        (0.8, 0.1, "Of 100 such films here, about 31 show pneumonia."),  # odds of 4 at odds of 1/9: 4/13
        (0.1, 0.01, "Of 100 such films here, at most 1 shows pneumonia."),
        (0.97, 0.99, "Of 100 such films here, at least 99 show pneumonia."),
    ],
)
def test_natural_frequencies(probability: float, here: float | None, sentence: str) -> None:
    assert frequency_sentence(probability, calibrated_at=0.5, here=here) == sentence


@pytest.mark.parametrize(
    ("calibrated_at", "here", "sentence"),
    [
        (0.5, None, "Where half of all films do: the model card’s figure."),
        (0.3, None, "Where 30 of 100 films do: the model card’s figure."),
        (0.3, 0.12, "Where 12 of 100 films do: your own figure."),
    ],
)
def test_whose_share_of_pneumonia_it_is(calibrated_at: float, here: float | None, sentence: str) -> None:
    assert prevalence_sentence(calibrated_at=calibrated_at, here=here) == sentence


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
