"""How many people a fault touches, from the words of a mail (policy section 5, priorities 1 to 3)."""

from __future__ import annotations

from collections.abc import Collection

COMPANY = "company"  # said: the whole company
EVERYONE = "everyone"  # said: all of them
OURS = "ours"  # our phones, we: the company is meant unless something narrows it
GROUP = "group"  # a site, a floor, a department, a region
SOME = "some"  # several, many, half
COUNT = "count"  # four phones: some, unless it is said that it is all of them
ONE = "one"  # a single user, phone or line
MINE = "mine"  # my, her: one, where a sentence says no more
UNSAID = "unsaid"
WIDTHS = (EVERYONE, OURS, GROUP, SOME, ONE, UNSAID)

AREA = "area"  # calls to or from a region, a carrier or a kind of number
STATED = "stated"  # it is everyone, all of us are affected
ONLY_ONE = "only_one"  # only my phone, just me
OTHERS_TOO = "others_too"  # a colleague has it as well: one becomes some
OTHERS_FINE = "others_fine"  # the rest works
SIGNS = (COMPANY, EVERYONE, OURS, GROUP, SOME, COUNT, ONE, MINE, AREA, STATED, ONLY_ONE, OTHERS_TOO, OTHERS_FINE)


def width(said: Collection[str], everywhere: Collection[str]) -> str:
    """The width of a fault: `said` are the signs of its sentence, `everywhere` those of the whole mail."""
    if AREA in said and ONE not in said:
        return GROUP
    if ONLY_ONE in everywhere:
        return ONE
    narrowed = OTHERS_FINE in everywhere
    wide = (STATED in everywhere and GROUP not in said) or (COMPANY in everywhere and EVERYONE in said)
    if wide and not narrowed:
        return EVERYONE
    found = _width(said, narrowed)
    if found == UNSAID:
        found = _width({*said, *everywhere} - {MINE}, narrowed)  # he, my: of somebody else, in another sentence
    elif found == OURS:
        found = _width({*said, *everywhere} - {MINE, COUNT}, narrowed)  # our phones are dead, I use my wife's
    return SOME if found == ONE and OTHERS_TOO in everywhere else found


def _width(signs: Collection[str], narrowed: bool) -> str:
    if AREA in signs:
        return GROUP
    if COMPANY in signs:
        return GROUP if narrowed else EVERYONE
    if EVERYONE not in signs and (ONE in signs or MINE in signs):
        return ONE  # the phone in the warehouse
    for partial in (GROUP, SOME):
        if partial in signs:
            return partial  # all phones on the second floor
    if EVERYONE in signs:
        return GROUP if narrowed else EVERYONE  # all four phones
    if COUNT in signs:
        return SOME
    if OURS in signs:
        return GROUP if narrowed else OURS
    return UNSAID
