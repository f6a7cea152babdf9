"""What the program says of itself afterwards: a log and crash reports that hold nothing of any patient."""
