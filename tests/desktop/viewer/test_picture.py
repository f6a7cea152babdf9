import numpy as np

from desktop.viewer.picture import grey_image, heat_image, prepare_picture
from tests.desktop.builders import make_heat


def test_levels_halve_and_keep_the_mean() -> None:
    pixels = np.random.default_rng(1).integers(0, 65536, (1001, 600), dtype=np.uint16)
    picture = prepare_picture(pixels)
    assert [level.shape for level in picture.levels] == [(1001, 600), (500, 300), (250, 150)]
    assert (picture.rows, picture.columns) == (1001, 600)
    assert abs(float(picture.levels[2].mean()) - float(picture.levels[0].mean())) < 2.0


def test_the_level_is_never_enlarged_while_a_better_one_is_there() -> None:
    picture = prepare_picture(np.zeros((1024, 1024), dtype=np.uint16))
    assert [picture.level_for(scale) for scale in (2.0, 1.0, 0.6, 0.5, 0.3, 0.25, 0.01)] == [0, 0, 0, 1, 1, 2, 3]


def test_grey_pictures_own_their_pixels_and_invert() -> None:
    level = np.array([[0, 100, 255]], dtype=np.uint8)
    plain, inverted = grey_image(level), grey_image(level, inverted=True)
    level[:] = 7
    assert [plain.pixelColor(x, 0).red() for x in range(3)] == [0, 100, 255]
    assert [inverted.pixelColor(x, 0).red() for x in range(3)] == [255, 155, 0]


def test_heat_has_the_films_proportions_and_is_clear_where_cold() -> None:
    image = heat_image(make_heat(), rows=2000, columns=1000)
    assert (image.width(), image.height()) == (256, 512)
    assert image.pixelColor(5, 5).alpha() == 0
    assert image.pixelColor(128, 256).alpha() == 255
