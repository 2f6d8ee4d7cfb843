"""Heeds operators: what they sign, and nothing else."""
