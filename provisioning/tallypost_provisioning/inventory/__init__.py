"""Who belongs to a city's fleet: one row a device, its secrets sealed."""
