"""Entry point of `mapafu-screen`. Child processes import this module, so it imports next to nothing."""

import multiprocessing
import sys


def main() -> int:
    """Run the command line and return its exit status."""
    multiprocessing.freeze_support()
    try:
        from engine.machine import find_lack

        lack = find_lack()
        if lack is not None:
            if sys.stderr is not None:
                sys.stderr.write(f"mapafu-screen: {lack}\n")
            return 4  # as where the model cannot be used; the names of these come with heavy libraries

        from engine.cli import run

        return run()
    except KeyboardInterrupt:  # before the program had begun
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
