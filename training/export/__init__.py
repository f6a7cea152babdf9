"""From a finished run to a model file: exported, calibrated, measured, and described by its card."""
