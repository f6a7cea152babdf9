"""The tag browser: every DICOM tag of the film that is shown."""
