"""Tries of the installed program itself: `python -m tests.installed`."""
