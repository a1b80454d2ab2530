"""Everything durable: the database and the blobs."""
