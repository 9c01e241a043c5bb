"""Users and the workspaces they belong to."""
