"""stub"""

from __future__ import annotations
from email.message import Message
from parsers.mail import Bounce


def bounce(message: Message) -> Bounce | None:
    return None
