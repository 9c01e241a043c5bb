"""Models over what was measured, each with its model card in README.md: `content`, `trials`."""
