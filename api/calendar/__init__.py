"""What goes out when."""
