"""People: who they are, which workspaces they belong to, what they may do, and the accounts they connect."""
