"""Real servers, started privately on loopback for the tests."""
