"""Labels for devices: what is on them, and the sheets they are printed on."""
