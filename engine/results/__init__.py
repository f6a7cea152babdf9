"""What is kept: results, verdicts, marks, and what can be counted from them."""
