"""Files that people download from the networks."""
