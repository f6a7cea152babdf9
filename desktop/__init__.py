"""The window: draws what the engine knows, and turns clicks and keys into engine calls."""
