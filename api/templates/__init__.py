"""Words with variables, from which posts are written."""
