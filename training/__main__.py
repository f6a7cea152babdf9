"""Entry point of `mapafu-train`."""

import multiprocessing


def main() -> int:
    """Run the training program and return its exit status."""
    multiprocessing.freeze_support()
    from training.cli import run

    return run()


if __name__ == "__main__":
    raise SystemExit(main())
