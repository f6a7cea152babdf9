"""The model: its card and file, the one preprocessing, the classifier and its heatmaps."""
