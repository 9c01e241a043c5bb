"""What became of figures after they were first told."""
