"""Accounts at the networks: connecting them by consent, listing them, disconnecting them."""
