"""What goes wrong when a ticket is to be changed."""

from __future__ import annotations


class ChangeError(Exception):
    """It can't be done. The message is for the agent: what is in the way, and what to do instead."""
