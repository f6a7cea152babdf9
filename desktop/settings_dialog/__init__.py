"""Where one sets how the program looks, what it assumes, and its keys."""
