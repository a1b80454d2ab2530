"""The database's URL says where it is; whatever else it says is refused with the form to write."""

from __future__ import annotations

from pathlib import Path

import pytest

from mail_daemon.store.engine import locate


def test_a_relative_path_starts_at_the_config_folder() -> None:
    assert locate("sqlite:///var/x.db", None, Path("/etc/desk")).database == "/etc/desk/var/x.db"
    assert locate("sqlite:////var/x.db", None, Path("/etc/desk")).database == "/var/x.db"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_postgresql_is_reached_by_psycopg_with_the_password_of_its_file(scheme: str) -> None:
    url = locate(f"{scheme}://desk@db.example/desk", "s3:cr@t", Path())
    assert (url.drivername, url.password) == ("postgresql+psycopg", "s3:cr@t")
    assert locate(f"{scheme}://desk:own@db.example/desk", None, Path()).password == "own"


@pytest.mark.parametrize("url", ["", "var/x.db", "sqlite://", "sqlite:///:memory:", "mysql://x/y", "oracle:x"])
def test_anything_else_is_refused_with_the_form_to_write(url: str) -> None:
    with pytest.raises(ValueError, match=r"write sqlite:///var/mail-daemon\.db or postgresql://"):
        locate(url, None, Path())
