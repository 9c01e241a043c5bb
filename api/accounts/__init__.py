"""Accounts at the networks."""
