"""Facts as text for people."""
