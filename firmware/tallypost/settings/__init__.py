"""What a technician writes down, checked once at the door and nowhere else."""
