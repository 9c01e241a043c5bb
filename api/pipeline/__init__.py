"""How fresh the data is, what was loaded, and what was refused."""
