"""Where both installed programs begin; the name of the program's file says which of them it is."""

import sys
from pathlib import Path


def main() -> int:
    """Run the command line or the window, and return the exit status."""
    if Path(sys.executable).stem == "mapafu-screen":
        from engine.__main__ import main as program
    else:
        from desktop.__main__ import main as program
    return program()


if __name__ == "__main__":
    raise SystemExit(main())
