"""`python -m mail_daemon` and the `mail-daemon` command."""

from __future__ import annotations

import gc

# What is imported lives as long as the process. To search it for garbage, while it grows and once more at the
# end, is a quarter of what a short command costs; `cli.root` turns the collector on for the command itself.
gc.disable()

from mail_daemon.cli import root  # noqa: E402


def main() -> None:
    try:
        root.main()
    finally:
        gc.freeze()


if __name__ == "__main__":
    main()
