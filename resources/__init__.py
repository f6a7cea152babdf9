"""Bundled data: the model, the icon, the style and the sample films. Read through `engine.paths.resource`."""
