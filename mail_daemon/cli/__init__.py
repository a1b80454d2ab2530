"""One command a file; each reads arguments, calls the app, and prints."""
