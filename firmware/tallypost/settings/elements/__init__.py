"""What a site is made of, one kind a module."""
