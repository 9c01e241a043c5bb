"""What Dagster runs, a folder for each kind of work."""
