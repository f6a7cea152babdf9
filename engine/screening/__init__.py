"""Screening: the one batch loop, its child process, and what it finds about each film."""
