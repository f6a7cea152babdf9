from dataclasses import replace

import numpy as np
import pytest

from desktop.viewer.look import Look, Preset, preset_window
from engine.films.greys import GreyScale
from engine.films.tone import Window
from tests.desktop.builders import make_picture

PLAIN = GreyScale(window=Window(2000, 4000))
INVERTED = GreyScale(window=Window(2000, 4000), inverted=True)
VALUES = np.arange(4096, dtype=np.uint16).reshape(64, 64)


@pytest.mark.parametrize("scale", [PLAIN, INVERTED])
@pytest.mark.parametrize("inverted", [False, True])
def test_up_is_brighter_whatever_the_film(scale: GreyScale, inverted: bool) -> None:
    look = Look(inverted=inverted)
    middle = int(look.curve(scale)[2000])
    assert look.dragged(scale, right=0, down=-60).curve(scale)[2000] > middle + 20
    assert look.dragged(scale, right=0, down=60).curve(scale)[2000] < middle - 20
    assert look.brighter(scale, 1).curve(scale)[2000] > middle


def test_right_is_less_contrast() -> None:
    wide = Look().dragged(PLAIN, right=160, down=0)
    assert wide.window_on(PLAIN).width == pytest.approx(8000)
    assert Look().flatter(PLAIN, -1).window_on(PLAIN).width < 4000


def test_no_drag_makes_a_window_of_nothing() -> None:
    look = Look()
    for _ in range(100):
        look = look.dragged(PLAIN, right=-2000, down=0)
    assert look.window_on(PLAIN).width > 0
    assert {int(level) for level in look.curve(PLAIN)} <= {0, 128, 255}


def test_no_drag_makes_a_window_without_end() -> None:
    look = Look()
    for _ in range(100):
        look = look.dragged(PLAIN, right=5000, down=5000)
    window = look.window_on(PLAIN)
    assert np.isfinite([window.center, window.width]).all()
    look.curve(PLAIN)


def test_swapped_black_and_white_leave_padding_black() -> None:
    plain, swapped = Look().curve(PLAIN), Look().swapped().curve(PLAIN)
    assert (swapped[1:] == 255 - plain[1:]).all()
    assert swapped[0] == plain[0] == 0


def test_a_table_is_shown_until_there_is_a_window() -> None:
    table = np.full(65536, 77 / 255, dtype=np.float32)
    scale = GreyScale(window=Window(2000, 4000), table=table)
    assert (Look().curve(scale)[1:] == 77).all()
    assert Look().with_window(center=2000, width=4000).curve(scale)[4000] == 255


@pytest.mark.parametrize("inverted", [False, True])
def test_presets_spread_what_they_are_named_after(inverted: bool) -> None:
    picture = make_picture(VALUES, inverted=inverted)
    windows = {preset: preset_window(picture, preset) for preset in Preset}
    assert windows.pop(Preset.STATED) is None
    ends = {preset: (w.center - w.width / 2, w.center + w.width / 2) for preset, w in windows.items() if w is not None}
    assert ends[Preset.WIDE] == pytest.approx((0, 4095), abs=1)
    assert ends[Preset.AUTO] == pytest.approx((41, 4054), abs=2)
    dark_end = 4095 - ends[Preset.LUNGS][1] if inverted else ends[Preset.LUNGS][0]
    assert dark_end == pytest.approx(82, abs=2)
    assert windows[Preset.LUNGS].width < windows[Preset.AUTO].width  # type: ignore[union-attr]
    assert (ends[Preset.BONES][0] < 100) is inverted


def test_a_film_whose_values_fall_with_its_codes_has_the_same_presets() -> None:
    rising, falling = (make_picture(values) for values in (VALUES, VALUES[::-1]))
    turned = replace(falling.scale, slope=-falling.scale.slope, intercept=4095 - falling.scale.intercept)
    for preset in (Preset.LUNGS, Preset.BONES):
        ours, theirs = preset_window(replace(falling, scale=turned), preset), preset_window(rising, preset)
        assert ours is not None
        assert theirs is not None
        assert (ours.center, ours.width) == pytest.approx((theirs.center, theirs.width), abs=1.0)


def test_another_film_gets_the_same_change_of_its_own_window() -> None:
    other = GreyScale(window=Window(100, 200))
    look = Look().with_window(center=3000, width=2000)
    followed = Look().like(look, scale=other, other_scale=PLAIN)
    assert followed.window_on(other).center == pytest.approx(150)
    assert followed.window_on(other).width == pytest.approx(100)
    turned = Look().like(look, scale=INVERTED, other_scale=PLAIN)
    assert turned.window_on(INVERTED).center == pytest.approx(1000)
    assert look.like(Look(), scale=other, other_scale=PLAIN).window is None
