"""What a provider may lie about, and what it may say that is unusual and true (lying_provider.py says it)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

CLIENT_ID = "our-client"
Claims = dict[str, Any]
Change = Callable[[Claims], Any]


def drop(name: str) -> Change:
    return lambda claims: claims.pop(name)


def put(**values: Any) -> Change:
    return lambda claims: claims.update(values)


def add(name: str, seconds: float) -> Change:
    return lambda claims: claims.update({name: claims["iat"] + seconds})


# What the ID token claims.
WRONG_CLAIMS: dict[str, Change] = {
    "no nonce": drop("nonce"),
    "another nonce": put(nonce="of-another-login"),
    "another issuer": put(iss="https://accounts.example.com"),
    "a list of issuers": lambda claims: claims.update(iss=[claims["iss"]]),
    "no issuer": drop("iss"),
    "no audience": drop("aud"),
    "another app": put(aud="another-app"),
    "another app, got by ours": put(aud="another-app", azp=CLIENT_ID),
    "ours, got by another app": put(azp="another-app"),
    "ours among others": put(aud=[CLIENT_ID, "another-app"]),
    "expired": add("exp", -31),
    "expired a minute ago": add("exp", -60),
    "never expires": drop("exp"),
    "expires at a text": put(exp="9999999999"),
    "expires beyond all time": put(exp=10**400),
    "a month old": add("iat", -30 * 24 * 3600),
    "of tomorrow": add("iat", 24 * 3600),
    "of no time": drop("iat"),
    "not good yet": add("nbf", 3600),
    "nobody": drop("sub"),
    "an empty name": put(sub=""),
    "a number": put(sub=42),
    "a name that is too long": put(sub="a" * 256),
    "another access token": put(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
}
WRONG_TOKENS = (
    "signed by nobody",
    "signed with our secret",
    "signed with the public key",
    "a broken signature",
    "an unknown key",
    "brings its own key",
    "no ID token",
    "an ID token that is none",
    "an endless ID token",
)
WRONG_ANSWERS = (
    "another state",
    "no state",
    "another sender",
    "announces its name and says none",
    "an error",
    "no code",
)
WRONG_DOCUMENTS = (
    "speaks for another issuer",
    "an address that all can hear",
    "an address that cannot be read",
    "no keys",
    "keys of no kind",
)
WRONG_ENDPOINTS = (
    "an error with status 200",
    "status 500",
    "an endless answer",
    "no JSON",
    "an access token in accents",
    "leads elsewhere",
    "userinfo of somebody else",
)
LIES = (*WRONG_CLAIMS, *WRONG_TOKENS, *WRONG_ANSWERS, *WRONG_DOCUMENTS, *WRONG_ENDPOINTS)
# What is unusual, and true.
TRUTHS = (
    "plain",
    "verified in words",
    "for us in a list",
    "PS256",
    "ES256",
    "Ed25519",
    "keeps the address to userinfo",
)
# What says nothing about an address.
DOUBTS: dict[str, Change] = {
    "not verified": put(email_verified=False),
    "not verified in words": put(email_verified="false"),
    "verified by a number": put(email_verified=1),
    "no address": drop("email"),
    "an address that is none": put(email="ada at example.com"),
}
