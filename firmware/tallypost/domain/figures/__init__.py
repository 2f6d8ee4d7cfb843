"""What one element of a site has to tell of one interval."""
