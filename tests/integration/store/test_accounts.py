"""What was imported about accounts, and what has been done about those past due, on both engines."""

from __future__ import annotations

from mail_daemon.store.rows_duties import Done, ImportedAccount
from mail_daemon.store.store import Store
from tests.stored import MINUTE, NOW, open_ticket

FULL = ImportedAccount(
    "Acme", ("acme.example",), ("boss@gmail.com",), ("+13035550142",), "Europe/Berlin", "de", 25, True, NOW
)


def test_an_account_comes_back_as_it_was_put_in_and_what_was_not_given_stays_open(store: Store) -> None:
    bare = ImportedAccount("Müller & Co", days_past_due=0, imported=NOW - MINUTE)
    with store.begin() as work:
        assert work.accounts.newest() is None
        work.accounts.put([FULL, bare])
        work.accounts.put([])
    with store.read() as work:
        assert work.accounts.all() == [FULL, bare]
        assert work.accounts.newest() == NOW
    assert bare.given == {"name": "Müller & Co", "days_past_due": 0}
    assert set(FULL.given) == {
        "name",
        "domains",
        "contacts",
        "telephones",
        "timezone",
        "language",
        "days_past_due",
        "disputed",
    }


def test_putting_an_account_again_replaces_it(store: Store) -> None:
    later = ImportedAccount("Acme", domains=(), imported=NOW + MINUTE)
    with store.begin() as work:
        work.accounts.put([FULL])
        work.accounts.put([later])
    with store.read() as work:
        assert work.accounts.all() == [later]
        assert work.accounts.newest() == NOW + MINUTE


def test_what_was_done_about_an_account_is_kept_until_nothing_is_left_of_it(store: Store) -> None:
    with store.begin() as work:
        assert work.standings.of("Acme") == Done("Acme")
        work.standings.note("Acme", held_since=NOW, suspended_since=None)
        work.standings.note("Beta", held_since=NOW, suspended_since=NOW)
        work.standings.note("Acme", held_since=NOW, suspended_since=NOW + MINUTE)
        work.standings.note("Gamma", held_since=None, suspended_since=None)
    with store.begin() as work:
        assert work.standings.of("Acme") == Done("Acme", NOW, NOW + MINUTE)
        work.standings.note("Beta", held_since=None, suspended_since=None)
        assert work.standings.all() == {"Acme": Done("Acme", NOW, NOW + MINUTE)}


def test_an_accounts_tickets_are_found_by_their_state(store: Store) -> None:
    numbers = [open_ticket(store, account="Acme", status=status) for status in ("new", "closed", "on_hold", "new")]
    open_ticket(store, account="Beta")
    open_ticket(store)
    with store.read() as work:
        assert work.standings.tickets("Acme", ["new", "open"]) == [numbers[0], numbers[3]]
        assert work.standings.tickets("Acme", []) == []
        assert work.standings.tickets("Nobody", ["new"]) == []
