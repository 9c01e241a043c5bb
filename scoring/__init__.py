"""Models over what was measured, each with its model card. So far one: `content`, see README.md."""
