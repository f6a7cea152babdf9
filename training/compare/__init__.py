"""Finished runs beside each other: one table and one chart."""
