"""The alphabet of SMS (GSM 03.38, 3GPP TS 23.038). What has another character in it is sent as Unicode, with room for
70 characters instead of 160.
"""

import string

ACCENTED = "àèéìòùÄäÅåÆæÇÉÑñÖöØøÜüß"
GREEK = "ΓΔΘΛΞΠΣΦΨΩ"
SIGNS = "@£$¥€¤§¡¿!\"#%&'()*+,-./:;<=>?_^{}\\[~]| \n\r"
ALPHABET = frozenset(string.ascii_letters + string.digits + ACCENTED + GREEK + SIGNS)


def needs_unicode(text: str) -> bool:
    """Tell whether a text has a character that is not in the alphabet of SMS."""
    return not ALPHABET.issuperset(text)
