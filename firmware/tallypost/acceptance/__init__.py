"""What can be proved at the foot of the pole: that it counts well, and is fit."""
