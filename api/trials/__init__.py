"""Randomised trials and what they showed."""
