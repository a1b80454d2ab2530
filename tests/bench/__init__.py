"""How fast, how lean, how soon: the whole daemon against real servers, beside a bare loop. `make bench`."""
