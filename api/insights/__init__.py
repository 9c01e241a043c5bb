"""What the brand can learn from its posts, beside others."""
