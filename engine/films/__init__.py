"""Films: finding them, reading any file into a radiograph, and deciding whether it may be scored."""
