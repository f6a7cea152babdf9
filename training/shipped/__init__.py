"""The recipe that is meant to ship: children and adults, lungs as a second task, and drawn opacities against shortcuts."""
