"""Reports that can be downloaded."""
