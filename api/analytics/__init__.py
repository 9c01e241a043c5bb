"""Figures, each with its status, what it leaves out, and how fresh it is."""
