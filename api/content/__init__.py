"""What is written: checked, kept, reviewed, and what became of it."""
