"""What is attached to a mail: recognised and described."""
