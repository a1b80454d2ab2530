"""Telephone numbers in the one form in which they are compared: E.164, like +13035550142."""

from __future__ import annotations


def e164(text: str, country: str | None = None) -> str | None:
    """The number in E.164, or None where it is none; `country` (US) is whose numbers have no + in front."""
    import phonenumbers  # late: its import costs 100 ms, and most commands know no telephone

    try:
        number = phonenumbers.parse(text[:40], country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
