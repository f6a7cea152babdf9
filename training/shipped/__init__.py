"""The recipe meant to ship: children and adults, lungs as a second task, and heat from drawn opacities."""
