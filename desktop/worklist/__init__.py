"""The work list: one row per file, in the order in which films should be read."""
