"""Signs what a device has counted, so that others can check it without us."""
