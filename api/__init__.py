"""HTTP, thin: one folder per resource, each with its endpoints and its schemas."""
