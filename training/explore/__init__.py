"""What a careful person looks at before training: a folder of labelled films as one report with pictures."""
