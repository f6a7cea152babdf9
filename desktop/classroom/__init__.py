"""The classroom: readers, model and labels of a list beside each other, once it has been read."""
