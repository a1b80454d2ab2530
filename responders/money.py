"""Money as people read it, in the languages of our templates, English for others."""

from __future__ import annotations

from decimal import Decimal


def spoken_money(amount: Decimal, currency: str, language: str = "en") -> str:
    """Such as "125.00 USD", in German "125,00 USD"."""
    number = f"{amount:.2f}"
    return f"{number.replace('.', ',') if language.startswith('de') else number} {currency}"
