"""Posts on all accounts, wherever they were made."""
