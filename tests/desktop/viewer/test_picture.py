import numpy as np

from desktop.viewer.film_painter import grey_colours, grey_image
from desktop.viewer.picture import prepare_picture
from engine.films.film import FilmFacts, FilmValues
from engine.films.greys import PICTURE_SCALE
from tests.desktop.builders import make_picture


def test_levels_halve_and_keep_the_mean() -> None:
    values = np.random.default_rng(1).integers(0, 65000, (1001, 600), dtype=np.uint16)
    picture = make_picture(values)
    assert [level.shape for level in picture.levels] == [(1001, 600), (500, 300), (250, 150)]
    assert (picture.rows, picture.columns) == (1001, 600)
    assert abs(float(picture.levels[2].mean()) - float(picture.levels[0].mean())) < 200.0


def test_padding_is_not_mixed_with_the_film() -> None:
    codes = np.full((512, 512), 4000, dtype=np.uint16)
    codes[:, :101] = 0
    facts = FilmFacts(container="dicom", rows=512, columns=512)
    picture = prepare_picture(FilmValues(codes, PICTURE_SCALE, facts))
    for level in picture.levels:
        assert set(np.unique(level)) == {0, 4000}
    assert not picture.levels[1][:, :51].any()


def test_the_level_is_never_enlarged_while_a_better_one_is_there() -> None:
    picture = make_picture(np.zeros((1024, 1024), dtype=np.uint16))
    assert [picture.level_for(scale) for scale in (2.0, 1.0, 0.6, 0.5, 0.3, 0.25, 0.01)] == [0, 0, 0, 1, 1, 2, 3]


def test_values_are_those_of_the_film() -> None:
    values = np.arange(-50, 250, dtype=np.int16).reshape(15, 20)
    picture = make_picture(values)
    assert picture.value_at(3.9, 2.0) == values[2, 3]
    assert picture.value_at(20.0, 2.0) is None
    assert picture.value_at(-0.1, 2.0) is None


def test_grey_pictures_own_their_pixels() -> None:
    codes = np.array([[0, 100, 255]], dtype=np.uint16)
    brightness = np.zeros(65536, dtype=np.uint8)
    brightness[:256] = np.arange(256)
    image = grey_image(codes, grey_colours(brightness))
    codes[:] = 7
    assert [image.pixelColor(x, 0).getRgb()[:3] for x in range(3)] == [(0, 0, 0), (100, 100, 100), (255, 255, 255)]
