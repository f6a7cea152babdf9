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
    import sys

    parser = argparse.ArgumentParser(prog="mapafu", description="Open Mapafu's window, and screen the films named.")
    parser.add_argument("paths", nargs="*", metavar="PATH", help="a film, or a folder of films")
    paths = parser.parse_args().paths

    from desktop.system_check import find_problem

    problem = find_problem()
    if problem is not None:
        sys.stderr.write(problem + "\n")
        return 1

    from desktop.app import run

    return run(paths)


if __name__ == "__main__":
    raise SystemExit(main())
