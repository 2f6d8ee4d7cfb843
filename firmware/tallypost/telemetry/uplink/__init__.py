"""Ways to the backend, behind one seam."""
