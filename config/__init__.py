"""The configuration that ships, every line commented."""
