"""What other rooms catch of the store, so that none of them needs to know the libraries behind it."""

from __future__ import annotations


class StoreDown(Exception):
    """The database can't be reached or can't write now; try again later. One line for the log."""


class StaleClaim(Exception):
    """The claim ran out and somebody else has taken the row over: drop what was done with it."""


class DatabaseNewer(Exception):
    """The database was written by a newer program; the message says what to do."""


class DatabaseUnfit(Exception):
    """The database can't hold every mail; the message says what to make instead."""


class BlobsDown(Exception):
    """The blob store can't be reached or can't write now; try again later. One line for the log."""


class BlobMissing(BlobsDown):
    """The blob is not there, though the store answers."""
