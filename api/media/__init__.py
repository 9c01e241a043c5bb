"""The media library over HTTP, and the addresses where networks fetch."""
