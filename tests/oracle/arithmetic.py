"""How the oracle divides and rounds: exact fractions, cut off or rounded only where a column's scale asks for it."""

from fractions import Fraction

RATIO_DECIMALS = 12
VALUE_DECIMALS = 6
# A quotient this large comes from a base that is nearly nothing; no column holds it.
TOO_LARGE = 10**12


def exact(value):
    """A decimal as the fraction that it is; unknown stays unknown."""
    return None if value is None else Fraction(value)


def cut_off(value, decimals):
    """The fraction without what comes after its last decimal, towards zero."""
    scaled = abs(value) * 10**decimals
    whole = scaled.numerator // scaled.denominator
    return Fraction(whole if value >= 0 else -whole, 10**decimals)


def half_up(value, decimals):
    """The fraction rounded, halves away from zero."""
    nudged = abs(value) + Fraction(1, 2 * 10**decimals)
    return cut_off(nudged if value >= 0 else -nudged, decimals)


def quotient(numerator, denominator):
    """a / b exactly; unknown where either is, where b is not above zero, and where b is nearly nothing."""
    if numerator is None or denominator is None or denominator <= 0:
        return None
    divided = numerator / denominator
    return divided if abs(divided) < TOO_LARGE else None


def ratio(numerator, denominator):
    """a / b with what the marts keep of it: twelve decimals, cut off."""
    divided = quotient(numerator, denominator)
    return None if divided is None else cut_off(divided, RATIO_DECIMALS)


def growth(value, base):
    """0.12 for 12 % more than the base; from a base of zero or below nothing can be said."""
    return None if value is None or base is None else ratio(value - base, base)


def known_sum(values):
    """The sum where every part is known; of no parts nothing."""
    values = list(values)
    return None if not values or None in values else sum(values)


def partial_sum(values):
    """The sum of the parts that are known; unknown where none is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None
