"""What can be said of a text before a person reads it."""
