"""The right side of the reading room: what is known of the chosen film, in words and figures."""
