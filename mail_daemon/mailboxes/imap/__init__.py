"""Mailboxes on an IMAP server; the one place that speaks to imapclient."""

from mail_daemon.mailboxes.imap.mailbox import Imap, check

__all__ = ["Imap", "check"]
