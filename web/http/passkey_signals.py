"""Signals: what a page tells the browser, so that devices neither go on offering passkeys that are none any more, nor
show them under a name or an address of before.

Each is a method of PublicKeyCredential and its argument (W3C, Web Authentication Level 3, 5.1.10). A browser that knows
none of them ignores it.
"""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from starlette.requests import Request

from web.api.passkey_shapes import OwnPasskeys
from web.api.shapes import User
from web.http.passkey_origin import find_other_origin
from web.state import site_of


class Signal(NamedTuple):
    """The end of the method's name, and its argument as JSON."""

    name: str
    about: str


def signal_unknown(request: Request[Any], credential_id: str) -> Sequence[Signal]:
    """Tell that nobody here has this passkey, where there is one to tell of."""
    return [_make(request, "UnknownCredential", credentialId=credential_id)] if credential_id else []


def signal_all(request: Request[Any], own: OwnPasskeys) -> Sequence[Signal]:
    """Tell which passkeys the user has, and their name and address by now.

    The devices drop all others, so the list has to be whole and fresh.
    """
    handle = own.user_handle
    if not handle:
        return []
    ids = [passkey.credential_id for passkey in own.passkeys]
    return [
        _make(request, "AllAcceptedCredentials", userId=handle, allAcceptedCredentialIds=ids),
        _make_details(request, handle, own.user_name, own.display_name),
    ]


def signal_details(request: Request[Any], user: User) -> Sequence[Signal]:
    """Tell the name and address of a user by now, whose passkeys say those of before; nothing at another origin."""
    is_here = site_of(request).capabilities.current.passkey_origin and not find_other_origin(request)
    if not user.passkey_handle or not is_here:
        return []
    return [_make_details(request, user.passkey_handle, user.contact, user.name)]


def _make_details(request: Request[Any], handle: str, name: str, display_name: str) -> Signal:
    return _make(request, "CurrentUserDetails", userId=handle, name=name, displayName=display_name)


def _make(request: Request[Any], signal: str, /, **about: Any) -> Signal:
    return Signal(signal, json.dumps({"rpId": site_of(request).capabilities.current.passkey_rp_id, **about}))
