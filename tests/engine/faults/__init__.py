"""A campaign of the faults that a clinic's PC meets, with real processes: `python -m tests.engine.faults`."""
