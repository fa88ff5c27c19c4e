"""Builds the demo author's export files from the texts."""
