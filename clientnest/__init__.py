"""The kernel: what two rooms need and no framework of a room."""
