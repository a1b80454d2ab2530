"""What proves agents no more: tokens that others have shown, and mails that have run already."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

# PostgreSQL's construct, since both engines render its ON CONFLICT DO NOTHING alike.
from sqlalchemy.dialects.postgresql import insert as insert_new

from mail_daemon.store.schema_agents import agent_mails, void_tokens

_VOID = insert_new(void_tokens).on_conflict_do_nothing()
_VOIDED = select(void_tokens.c.nonce).where(void_tokens.c.nonce.in_(bindparam("nonces", expanding=True)))
_SEEN = select(agent_mails.c.digest).where(agent_mails.c.digest.in_(bindparam("digests", expanding=True))).limit(1)
_REMEMBER = insert_new(agent_mails).on_conflict_do_nothing()


class Proofs:
    """The tables `void_tokens` and `agent_mails` within one transaction."""

    __slots__ = ("_connection",)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def void(self, nonces: Iterable[str], *, inbound_id: int, now: datetime) -> None:
        """From now on these tokens prove nobody."""
        if rows := [{"nonce": nonce, "voided": now, "inbound_id": inbound_id} for nonce in nonces]:
            self._connection.execute(_VOID, rows)

    def voided(self, nonces: Collection[str]) -> set[str]:
        """Those of the tokens that prove nobody any more."""
        return set(self._connection.scalars(_VOIDED, {"nonces": list(nonces)})) if nonces else set()

    def first(self, digests: Collection[str], *, inbound_id: int) -> bool:
        """Whether none of these marks of an agent's mail was seen before; they have been from now on."""
        if self._connection.execute(_SEEN, {"digests": list(digests)}).first():
            return False
        self._connection.execute(_REMEMBER, [{"digest": each, "inbound_id": inbound_id} for each in digests])
        return True
