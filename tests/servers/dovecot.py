"""A private Dovecot for tests: IMAP (plain with STARTTLS, and TLS) and LMTP on free loopback ports.

    with Dovecot() as dovecot:
        dovecot.deliver("support", b"Subject: hello\\n\\nbody\\n")
        assert dovecot.count("support", "INBOX") == 1

Runs Dovecot 2.3 and 2.4, as root or as an ordinary user. Every user has the password `PASSWORD`; mails lie
in Maildirs below a temporary folder, which `close` (the end of `with`) removes.
"""

from __future__ import annotations

import contextlib
import grp
import os
import pwd
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.servers.certificate import Certificate, certificate

PASSWORD = "geheim"
USERS = ("support", "billing", "other", "agent")
CONFIG_23 = """
listen = 127.0.0.1
protocols = imap lmtp
ssl = yes
ssl_cert = <{cert}
ssl_key = <{key}
disable_plaintext_auth = no
mail_location = maildir:{root}/mail/%n/Maildir
passdb {{
  driver = passwd-file
  args = {root}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={root}/mail/%n
}}
"""
CONFIG_24 = """
dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
listen = 127.0.0.1
protocols = imap lmtp
ssl = yes
ssl_server_cert_file = {cert}
ssl_server_key_file = {key}
auth_allow_cleartext = yes
mail_driver = maildir
mail_path = {root}/mail/%{{user | username}}/Maildir
passdb passwd-file {{
  passwd_file_path = {root}/users
}}
userdb static {{
  fields {{
    uid = {uid}
    gid = {gid}
    home = {root}/mail/%{{user | username}}
  }}
}}
"""
CONFIG_BOTH = """
base_dir = {root}/run
state_dir = {root}/state
log_path = {root}/dovecot.log
default_internal_user = {internal}
default_internal_group = {internal_group}
default_login_user = {login}
first_valid_uid = 1
first_valid_gid = 1
auth_failure_delay = 0
mail_fsync = never
mail_max_userip_connections = 1000
lmtp_save_to_detail_mailbox = no
namespace inbox {{
  inbox = yes
  separator = /
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    port = {imap}
  }}
  inet_listener imaps {{
    port = {imaps}
    ssl = yes
  }}
}}
service lmtp {{
  user = {lmtp_user}
  inet_listener lmtp {{
    port = {lmtp}
  }}
}}
{extra}
"""


def installed() -> bool:
    """Whether this machine has Dovecot; integration tests are skipped where it hasn't."""
    return _program("dovecot") is not None and _program("doveadm") is not None


class Dovecot:
    """A running Dovecot. `ports` stay the same over `stop` and `start`."""

    def __init__(self, *, extra: str = "", users: Iterable[str] = USERS) -> None:
        """`extra` is appended to the configuration, e.g. an `imap_capability` line."""
        self.root = Path(tempfile.mkdtemp(prefix="dovecot-", dir="/tmp"))  # socket paths must be short
        self.host = "127.0.0.1"
        self.imap_port, self.imaps_port, self.lmtp_port = free_ports(3)
        self.certificate: Certificate = certificate(self.root)
        self._process: subprocess.Popen[bytes] | None = None
        self._lmtp: smtplib.LMTP | None = None
        self._configure(extra, users)
        try:
            self.start()
        except BaseException:
            self.close()
            raise

    @property
    def ca_file(self) -> Path:
        return self.certificate.cert

    def deliver(self, user: str, *mails: bytes, sender: str = "customer@acme.example") -> None:
        """Delivers over LMTP, as a mail server would."""
        for raw in mails:
            try:
                self._session().sendmail(sender, [user], raw)
            except smtplib.SMTPServerDisconnected:  # it hangs up idle sessions
                self._lmtp = None
                self._session().sendmail(sender, [user], raw)

    def place(self, user: str, mails: Iterable[bytes], *, folder: str = "INBOX") -> None:
        """Writes mails straight into a Maildir: the bytes stay as they are, and 10,000 take seconds."""
        maildir = self.maildir(user, folder)
        for part in ("tmp", "new", "cur"):
            (maildir / part).mkdir(parents=True, exist_ok=True)
        for raw in mails:
            name = f"{time.time_ns()}.{os.urandom(4).hex()}.test"
            (maildir / "tmp" / name).write_bytes(raw)
            os.chown(maildir / "tmp" / name, self._uid, self._gid)
            (maildir / "tmp" / name).rename(maildir / "new" / name)
        self._own(self.root / "mail" / user)

    def maildir(self, user: str, folder: str = "INBOX") -> Path:
        """Where a folder's new/ and cur/ are."""
        inbox = self.root / "mail" / user / "Maildir"
        return inbox if folder == "INBOX" else inbox / ("." + folder.replace("/", "."))

    def count(self, user: str, folder: str = "INBOX") -> int:
        """How many mails a folder holds; 0 if there is no such folder."""
        maildir = self.maildir(user, folder)
        return sum(len(list((maildir / part).glob("*"))) for part in ("new", "cur"))

    def doveadm(self, *arguments: str) -> str:
        """Runs a doveadm command, e.g. `doveadm("expunge", "-u", "support", "mailbox", "INBOX", "all")`."""
        command = [_program("doveadm") or "doveadm", "-c", str(self.root / "dovecot.conf"), *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=30).stdout

    def log(self) -> str:
        path = self.root / "dovecot.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def start(self) -> None:
        command = [_program("dovecot") or "dovecot", "-F", "-c", str(self.root / "dovecot.conf")]
        output = (self.root / "stderr").open("ab")
        self._process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
        output.close()
        until = time.monotonic() + 20
        while not all(_listens(port) for port in (self.imap_port, self.imaps_port, self.lmtp_port)):
            if self._process.poll() is not None or time.monotonic() > until:
                problem = (self.root / "stderr").read_text() + self.log()
                raise RuntimeError(f"Dovecot did not start: {problem}")
            time.sleep(0.02)

    def stop(self) -> None:
        """Ends it as an admin would; every connection is closed."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Ends all its processes at once, as a crash of the machine would."""
        self._end(signal.SIGKILL)

    def close(self) -> None:
        self.kill()
        shutil.rmtree(self.root, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _configure(self, extra: str, users: Iterable[str]) -> None:
        own = pwd.getpwuid(os.getuid())
        root = own.pw_uid == 0
        mail = pwd.getpwnam("nobody") if root else own
        self._uid, self._gid = mail.pw_uid, mail.pw_gid
        values = {
            "root": self.root,
            "cert": self.certificate.cert,
            "key": self.certificate.key,
            "uid": self._uid,
            "gid": self._gid,
            "internal": "dovecot" if root else own.pw_name,
            "internal_group": "dovecot" if root else _group(own.pw_gid),
            "login": "dovenull" if root else own.pw_name,
            "lmtp_user": "root" if root else own.pw_name,
            "imap": self.imap_port,
            "imaps": self.imaps_port,
            "lmtp": self.lmtp_port,
            "extra": extra,
        }
        template = (CONFIG_24 if _version() >= (2, 4) else CONFIG_23) + CONFIG_BOTH
        (self.root / "dovecot.conf").write_text(template.format(**values))
        (self.root / "users").write_text("".join(f"{user}:{{PLAIN}}{PASSWORD}\n" for user in users))
        for user in users:
            (self.root / "mail" / user).mkdir(parents=True)
        self.root.chmod(0o755)  # the mail user must be able to enter it
        self._own(self.root / "mail")

    def _own(self, folder: Path) -> None:
        for path in (folder, *(p for p in folder.rglob("*") if p.is_dir())):
            os.chown(path, self._uid, self._gid)

    def _session(self) -> smtplib.LMTP:
        if self._lmtp is None:
            self._lmtp = smtplib.LMTP(self.host, self.lmtp_port, local_hostname="localhost")
        return self._lmtp

    def _end(self, number: signal.Signals) -> None:
        self._lmtp = None
        if self._process is None:
            return
        if number is not signal.SIGKILL:
            self._process.send_signal(number)
            self._process.wait(timeout=20)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)  # sessions outlive the master process
        self._process.wait(timeout=20)
        self._process = None


def free_ports(count: int) -> list[int]:
    """Loopback ports that nobody listens on."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    return ports


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


def _version() -> tuple[int, int]:
    said = subprocess.run([_program("dovecot") or "dovecot", "--version"], capture_output=True, text=True)
    match = re.match(r"(\d+)\.(\d+)", said.stdout)
    return (int(match[1]), int(match[2])) if match else (2, 3)


def _group(gid: int) -> str:
    return grp.getgrgid(gid).gr_name
