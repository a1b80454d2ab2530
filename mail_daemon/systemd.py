"""sd_notify(3) in a few lines: readiness, the watchdog, and the end."""

from __future__ import annotations

import os
import socket


def notify(state: str) -> None:
    """Tells systemd (READY=1, WATCHDOG=1, STOPPING=1, RELOADING=1); without systemd it does nothing."""
    path = os.environ.get("NOTIFY_SOCKET")
    if not path:
        return
    address = "\0" + path[1:] if path.startswith("@") else path
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as client:
            client.connect(address)
            client.sendall(state.encode())
    except OSError:
        return  # systemd's watchdog acts by itself when it hears nothing
