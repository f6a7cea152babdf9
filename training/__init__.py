"""The training room: makes the model that ships. Uses torch; the program never imports it."""
