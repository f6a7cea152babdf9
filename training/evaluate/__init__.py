"""How good is a model on films whose truth is known? Measured through the shipped reader, gate and preprocessing."""
