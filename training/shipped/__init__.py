"""The recipe that ships: children and adults, lungs as a second task, and drawn opacities against shortcuts."""
