"""How many people a fault touches, from the words of a mail (policy section 5, priorities 1 to 3)."""

from __future__ import annotations

from collections.abc import Collection

COMPANY = "company"  # said: the whole company
EVERYONE = "everyone"  # said: all of them
OURS = "ours"  # our phones, we: the company is meant unless something narrows it
GROUP = "group"  # a site, a floor, a department, a region
SOME = "some"  # several, many, half
ONE = "one"  # a single user, phone or line
UNSAID = "unsaid"
WIDTHS = (EVERYONE, OURS, GROUP, SOME, ONE, UNSAID)

AREA = "area"  # calls to or from a region, a carrier or a kind of number
ONLY_ONE = "only_one"  # only my phone, just me
OTHERS_FINE = "others_fine"  # the rest works
SIGNS = (COMPANY, EVERYONE, OURS, GROUP, SOME, ONE, AREA, ONLY_ONE, OTHERS_FINE)


def width(said: Collection[str], elsewhere: Collection[str]) -> str:
    """The width of a fault: `said` are the signs of its sentence, `elsewhere` those of the whole mail."""
    if AREA in said and ONE not in said:
        return GROUP
    if ONLY_ONE in said or ONLY_ONE in elsewhere:
        return ONE
    narrowed = OTHERS_FINE in elsewhere
    if COMPANY in elsewhere and EVERYONE in said and not narrowed:
        return EVERYONE
    found = _width(said, narrowed)
    if found in (UNSAID, OURS):
        found = _width({*said, *elsewhere}, narrowed)
    return found


def _width(signs: Collection[str], narrowed: bool) -> str:
    if AREA in signs:
        return GROUP
    if COMPANY in signs:
        return GROUP if narrowed else EVERYONE
    if ONE in signs and EVERYONE not in signs:
        return ONE  # the phone in the warehouse
    for partial in (GROUP, SOME):
        if partial in signs:
            return partial  # all phones on the second floor
    if EVERYONE in signs or OURS in signs:
        return GROUP if narrowed else EVERYONE if EVERYONE in signs else OURS
    return UNSAID
