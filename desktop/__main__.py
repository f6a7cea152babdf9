"""Entry of the window: `mapafu [PATH...]`. Nothing but `multiprocessing` is imported before it is needed."""

import multiprocessing


def main() -> int:
    """Open the window and screen the paths named on the command line; the exit status."""
    multiprocessing.freeze_support()
    try:
        return _open_window()
    except KeyboardInterrupt:  # before the window was there
        return 130


def _open_window() -> int:
    import argparse

    parser = argparse.ArgumentParser(prog="mapafu", description="Open Mapafu's window, and screen the films named.")
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a film, or a folder of films")
    parser.add_argument("--time-start", action="store_true", help="close the window as soon as it is painted")
    options = parser.parse_args()

    from desktop.last_words import tell
    from desktop.system_check import find_problem
    from engine.machine import find_lack

    problem = find_lack() or find_problem()
    if problem is not None:
        tell(problem)
        return 1

    from desktop.app import run

    return run(options.paths, close_when_painted=options.time_start)


if __name__ == "__main__":
    raise SystemExit(main())
