"""The version of the program, in one place."""

from datetime import date

__version__ = "0.1.0"
BUILT_ON = date(2026, 11, 21)  # a PC whose clock shows an earlier day is wrong
