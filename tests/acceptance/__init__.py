"""The whole daemon as its admins run it: real servers, the real command line, real signals."""
