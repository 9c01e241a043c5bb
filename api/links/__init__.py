"""Short links, followed."""
