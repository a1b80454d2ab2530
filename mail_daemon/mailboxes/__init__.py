"""Where mail comes from, behind one Protocol (base.Mailbox)."""
