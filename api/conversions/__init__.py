"""Where visits and conversions come in, and who manages that."""
