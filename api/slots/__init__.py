"""An account's usual times, and planning by them."""
