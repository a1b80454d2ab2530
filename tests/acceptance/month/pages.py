"""How somebody is called who does not answer: so often, and then the next one in order, too."""

from __future__ import annotations

from tests.acceptance.month.world import on_call

_EVERY, _HOURLY_FROM, _PER_PERSON = 15, 12, 2  # minutes; pages; pages
_PEOPLE = 2


class Pages:
    """The pages of one ticket: `next` is the minute of the next one, None while nobody need be called."""

    def __init__(self) -> None:
        self.next: int | None = None
        self._first = 0  # when the first one went out, or would have
        self._sent = 0
        self._last: int | None = None  # when the last one went out
        self._begun = False
        self.place = 0.0  # among the ticket's clocks, in the order of their beginnings

    def page(self, now: int, clocks: int, *, further: bool = False) -> None:
        """Somebody is to be called now; `further`: one person more than last time. There are `clocks` by now."""
        goes_on = self.next is not None
        if goes_on and self._last == now:
            return
        number = self._sent if goes_on else 0
        self.place = self.place if goes_on else clocks - 0.5
        if self._begun and further:
            reached = (self._sent - 1) // _PER_PERSON + 1 if self._sent else 0
            number = max(number, min(reached, _PEOPLE - 1) * _PER_PERSON)
        self._begun, self._sent, self._first, self.next = True, number, now - _offset(number), now

    def stop(self) -> None:
        self.next = None

    def call(self, now: int) -> tuple[list[str], bool]:
        """Who is called now, and whether the admins hear that nobody answers."""
        before, number = self._sent, self._sent
        while self._first + _offset(number) <= now:
            number += 1
        self._sent, self._last, self.next = number, now, self._first + _offset(number)
        return on_call(now)[: (number - 1) // _PER_PERSON + 1], before <= _HOURLY_FROM < number


def _offset(number: int) -> int:
    quick = min(number, _HOURLY_FROM)
    return _EVERY * quick + 60 * (number - quick)
