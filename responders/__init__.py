"""Facts to letters to bytes to SMTP. Knows nothing of the database."""
