"""What happens where the program meets an error that it does not know."""
