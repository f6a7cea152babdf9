"""Mapafu's engine: films, the model, screening and reports. No Qt, no torch; usable as a library.

This package imports nothing by itself, so that child processes start fast. Begin with
`engine.screening.pipeline.screen`.
"""
