"""What agents order by mail."""
