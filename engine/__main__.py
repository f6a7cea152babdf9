"""Entry point of `mapafu-screen`. Child processes import this module, so it imports next to nothing."""

import multiprocessing


def main() -> int:
    """Run the command line and return its exit status."""
    multiprocessing.freeze_support()
    try:
        from engine.cli import run

        return run()
    except KeyboardInterrupt:  # before the program had begun
        return 130


if __name__ == "__main__":
    raise SystemExit(main())
