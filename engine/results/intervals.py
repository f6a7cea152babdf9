"""Shares with their intervals."""

from __future__ import annotations

import math

from engine.model.card import Estimate

Z95 = 1.959964


def wilson(hits: int, count: int) -> Estimate:
    """A share with its 95 % interval, each case on its own (Wilson 1927). `count` is at least 1."""
    share = hits / count
    centre = share + Z95**2 / (2 * count)
    reach = Z95 * math.sqrt(share * (1 - share) / count + Z95**2 / (4 * count**2))
    scale = 1 + Z95**2 / count
    return Estimate(share, max(0.0, (centre - reach) / scale), min(1.0, (centre + reach) / scale))


def wilson_or_none(hits: int, count: int) -> Estimate | None:
    """The same, or None without a case."""
    return wilson(hits, count) if count else None
