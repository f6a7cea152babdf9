"""Benchmarks run on the same window as its tests."""

from tests.desktop.conftest import dressed

__all__ = ["dressed"]
