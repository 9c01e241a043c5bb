"""What posts earn is what people bought: the sandbox's shop held against the marts."""
