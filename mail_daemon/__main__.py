"""`python -m mail_daemon` and the `mail-daemon` command."""

from __future__ import annotations

from mail_daemon.cli.root import main

if __name__ == "__main__":
    main()
