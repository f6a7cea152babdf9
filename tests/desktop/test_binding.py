"""What the program relies on in its Qt binding."""

from __future__ import annotations

import sys

import pytest
from PySide6.QtGui import QColor, QImage, QPainter


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="from Python 3.12 on, None has no count to lose")
def test_calls_without_a_result_give_no_reference_to_none_away() -> None:
    painter = QPainter(image := QImage(10, 10, QImage.Format.Format_ARGB32))
    before = sys.getrefcount(None)
    for _ in range(200):
        painter.setPen(QColor("red"))
    lost = before - sys.getrefcount(None)
    painter.end()
    assert image.width() == 10
    assert lost < 20
