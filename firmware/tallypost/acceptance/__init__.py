"""What can be proved at the foot of the pole: how well it counts, and that it is fit."""
