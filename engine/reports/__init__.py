"""Reports to hand on."""
