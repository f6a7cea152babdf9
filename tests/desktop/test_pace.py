from desktop.pace import Pace
from engine.reasons import Reason
from tests.desktop.builders import make_scored, make_unscored


class _Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_speed_and_time_left() -> None:
    clock = _Clock()
    pace = Pace(clock=clock)
    pace.add([make_scored(0, 0.5)])
    for index in range(1, 11):
        clock.now += 0.5
        pace.add([make_scored(index, 0.5)])
    progress = pace.progress(31, running=True, paused=False)
    assert progress.done == 11
    assert progress.films_per_second is not None
    assert abs(progress.films_per_second - 11 / 5) < 1e-9
    assert progress.seconds_left is not None
    assert abs(progress.seconds_left - 20 / (11 / 5)) < 1e-9


def test_resting_does_not_slow_the_pace() -> None:
    clock = _Clock()
    pace = Pace(clock=clock)
    pace.add([make_scored(0, 0.5)])
    clock.now += 1.0
    pace.rest()
    clock.now += 1000.0
    pace.go_on()
    pace.add([make_scored(1, 0.5)])
    assert pace.progress(2, running=True, paused=False).films_per_second == 2.0


def test_a_second_drop_adds_up() -> None:
    pace = Pace(clock=_Clock())
    pace.add([make_scored(0, 0.5), make_unscored(1, Reason.BLANK)])
    pace.close_batch()
    progress = pace.progress(3, running=True, paused=False)
    assert (progress.done, progress.total, progress.not_scored) == (2, 5, 1)
    assert pace.progress(None, running=True, paused=False).total is None
