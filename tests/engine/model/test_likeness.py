from __future__ import annotations

import numpy as np
import pytest

from engine.model.likeness import ood_score


def test_the_score_is_the_mean_square() -> None:
    assert ood_score(np.array([3.0, -1.0, 0.0, 2.0], dtype=np.float32)) == 3.5


def test_it_is_about_one_for_whitened_features() -> None:
    features = np.random.default_rng(1).normal(size=4000).astype(np.float32)
    assert ood_score(features) == pytest.approx(1.0, abs=0.1)


def test_it_is_the_mahalanobis_distance_that_whitening_leaves() -> None:
    """Lee et al. 2018: the squared distance under the covariance of the training films."""
    chance = np.random.default_rng(2)
    covariance = np.array([[2.0, 0.6], [0.6, 1.0]])
    film = chance.normal(size=2)
    whitened = np.linalg.solve(np.linalg.cholesky(covariance), film)
    assert ood_score(whitened.astype(np.float32)) == pytest.approx(film @ np.linalg.inv(covariance) @ film / 2)


def test_a_very_distant_film_has_a_number_still() -> None:
    assert np.isfinite(ood_score(np.full(8, 1e30, dtype=np.float32)))
