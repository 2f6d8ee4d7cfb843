"""Models and pictures that nobody should have made, fed to halves that see."""
