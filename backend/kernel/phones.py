"""Phone numbers, in one form however they are written: E.164, such as `+4915112345678`."""

import re
import unicodedata
from functools import cache
from typing import Any

from backend.kernel.refusals import invalid

LONGEST_TYPED = 40  # characters
PREFIX_DIGITS = 3  # left out of a number: what is left are a thousand numbers, which come from one hand
E164 = re.compile(r"\+[1-9][0-9]{6,14}")


@cache
def load_library() -> Any:
    """Load the library of numbers, at the first number: a process without phones saves its time and memory."""
    import phonenumbers

    return phonenumbers


def phone(value: Any, param: str = "phone") -> str:
    """Read a number as people write one, with the country in front: `+49 (0)151 1234-5678`. Returns it in E.164.

    Raises `validation_error` for what no number of that country looks like.
    """
    library = load_library()
    is_short = isinstance(value, str) and len(value) <= LONGEST_TYPED  # to normalize a long text can take seconds
    typed = unicodedata.normalize("NFKC", value).strip() if is_short else ""
    if not typed.startswith("+"):
        raise _refuse(param)
    try:
        parsed = library.parse(typed, None)
    except library.NumberParseException as error:
        raise _refuse(param) from error
    number = str(library.format_number(parsed, library.PhoneNumberFormat.E164))
    if parsed.extension or not library.is_possible_number(parsed) or not E164.fullmatch(number):
        raise _refuse(param)
    return number


def find_country(number: str) -> str:
    """Return the country of a mobile phone's number, as ISO 3166 has it, or "" of any other."""
    library = load_library()
    parsed = library.parse(number, None)
    kinds = (library.PhoneNumberType.MOBILE, library.PhoneNumberType.FIXED_LINE_OR_MOBILE)
    return str(library.region_code_for_number(parsed) or "") if library.number_type(parsed) in kinds else ""


def costs_caller(number: str) -> bool:
    """Tell whether a number is of a service that earns by being called, or sent to."""
    library = load_library()
    kinds = (library.PhoneNumberType.PREMIUM_RATE, library.PhoneNumberType.SHARED_COST)
    return library.number_type(library.parse(number, None)) in kinds


def is_country(code: str) -> bool:
    """Tell whether there are numbers of a country, `AT`."""
    return code in load_library().SUPPORTED_REGIONS


def find_prefix(number: str) -> str:
    """Return what a number has in common with its neighbours."""
    return number[:-PREFIX_DIGITS]


def _refuse(param: str) -> Exception:
    return invalid(param, "A phone number is required that begins with + and the number of its country.")
