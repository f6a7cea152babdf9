"""Entry of the window: `mapafu [PATH...]`. Nothing but `multiprocessing` is imported before it is needed."""

import multiprocessing


def main() -> int:
    """Open the window and screen the paths named on the command line; the exit status."""
    multiprocessing.freeze_support()

    import sys

    from desktop.system_check import find_problem

    problem = find_problem()
    if problem is not None:
        sys.stderr.write(problem + "\n")
        return 1

    from desktop.app import run

    return run(sys.argv)


if __name__ == "__main__":
    raise SystemExit(main())
