"""Bytes to facts. Knows nothing of tickets, the database or settings files."""
