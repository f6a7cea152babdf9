"""Write the sample films into a folder: `python -m training.phantoms OUT_DIR`."""

from __future__ import annotations

import argparse
from pathlib import Path

from training.phantoms.files import write_samples


def main() -> None:
    """Write the samples into the folder that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m training.phantoms", description="Draw the sample films.")
    parser.add_argument("out_dir", type=Path, help="folder to write into; it is made where missing")
    write_samples(parser.parse_args().out_dir)


if __name__ == "__main__":
    main()
