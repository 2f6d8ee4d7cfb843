"""Where somebody at the foot of the pole is answered."""
