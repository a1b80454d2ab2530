"""A throw-away certificate for the servers of the tests, made with the openssl command."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files. The certificate is its own authority, so clients name `cert` as their CA file."""

    cert: Path
    key: Path


def certificate(folder: Path, *names: str) -> Certificate:
    """A certificate for localhost, 127.0.0.1 and ::1, and for further host names; made once per folder."""
    made = Certificate(folder / "cert.pem", folder / "key.pem")
    if made.cert.exists() and made.key.exists():
        return made
    folder.mkdir(parents=True, exist_ok=True)
    hosts = ",".join(f"DNS:{name}" for name in ("localhost", *names))
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    command += ["-nodes", "-days", "30", "-subj", "/CN=localhost"]
    command += ["-addext", f"subjectAltName={hosts},IP:127.0.0.1,IP:::1"]
    command += ["-keyout", str(made.key), "-out", str(made.cert)]
    subprocess.run(command, check=True, capture_output=True)
    made.key.chmod(0o600)
    return made
