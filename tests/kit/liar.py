"""A provider that speaks OpenID Connect and lies in one way for each path: its issuers are `{url}/{lie}`.

What it says is true but for that one lie, so that whoever is taken in has looked past that alone.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import count
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT_ID, SECRET = "our-client", "a-secret-of-ours"
Claims = dict[str, Any]
Change = Callable[[Claims], Any]


@cache
def make_rsa_key(kid: str) -> RSAKey:
    """Make a key, once: it takes a while."""
    return RSAKey.generate_key(2048, {"kid": kid})


def make_key(algorithm: str) -> Any:
    if algorithm == "ES256":
        return ECKey.generate_key("P-256", {"kid": "ec"})
    return OKPKey.generate_key("Ed25519", {"kid": "ed"}) if algorithm == "Ed25519" else None


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


@dataclass
class Login:
    """A code that was given out."""

    nonce: str
    challenge: str
    redirect_uri: str


@dataclass
class Liar:
    """What it knows. `person` is whoever logs in there, in the words of claims."""

    clock: Callable[[], datetime]
    url: str = ""
    person: Claims = field(default_factory=lambda: {"sub": "ada-1", "name": "Ada", "email": "ada@example.com"})
    logins: dict[str, Login] = field(default_factory=dict)
    keys: dict[str, Any] = field(default_factory=lambda: {"RS256": make_rsa_key("first")})
    asked_for_keys: int = 0
    numbers: Iterator[int] = field(default_factory=count)
    tenant: str = ""  # of Microsoft, whose issuer is one for each

    def rotate(self) -> None:
        """Sign with a new key from now on, and forget the one before."""
        self.keys["RS256"] = make_rsa_key("second")

    def find_key(self, algorithm: str) -> Any:
        if algorithm not in self.keys:
            self.keys[algorithm] = make_key(algorithm) or self.keys["RS256"]
        return self.keys[algorithm]

    def make_app(self) -> Starlette:
        return Starlette(
            routes=[
                route
                for path in ("/{lie}", "/{lie}/v2.0")
                for route in (
                    Route(f"{path}/.well-known/openid-configuration", self.describe),
                    Route(f"{path}/authorize", self.authorize),
                    Route(f"{path}/token", self.give_tokens, methods=["POST"]),
                    Route(f"{path}/keys", self.show_keys),
                    Route(f"{path}/userinfo", self.show_person),
                )
            ]
        )

    async def describe(self, request: Request) -> Response:
        lie, issuer = read_lie(request), find_issuer(self.url, request)
        told = issuer.replace("/common/", "/{tenantid}/")
        heard = "http://accounts.example.com/token"
        return JSONResponse(
            {
                "issuer": f"{self.url}/other" if lie == "speaks for another issuer" else told,
                "authorization_endpoint": "https://["
                if lie == "an address that cannot be read"
                else f"{issuer}/authorize",
                "token_endpoint": heard if lie == "an address that all can hear" else f"{issuer}/token",
                "jwks_uri": f"{issuer}/keys",
                "userinfo_endpoint": f"{issuer}/userinfo",
                "id_token_signing_alg_values_supported": ["none", "HS256", "RS256"],
                "authorization_response_iss_parameter_supported": lie == "announces its name and says none",
            }
        )

    async def authorize(self, request: Request) -> Response:
        """Log the person in without a question, and lead back."""
        lie, query = read_lie(request), request.query_params
        assert query["code_challenge_method"] == "S256", query
        code = f"code-{next(self.numbers)}"
        self.logins[code] = Login(query["nonce"], query["code_challenge"], query["redirect_uri"])
        answer = {"code": code, "state": query["state"]}
        if self.tenant:
            answer["iss"] = find_issuer(self.url, request).replace("/common/", f"/{self.tenant}/")
        match lie:
            case "another state":
                answer["state"] = "of-another-login"
            case "no state":
                del answer["state"]
            case "no code":
                del answer["code"]
            case "another sender":
                answer["iss"] = "https://accounts.example.com"
            case "an error":
                answer |= {"error": "server_error", "error_description": "<b>their words</b>"}
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode(answer)}", 302)

    async def give_tokens(self, request: Request) -> Response:
        lie, form = read_lie(request), await request.form()
        assert (
            request.headers["authorization"] == f"Basic {base64.b64encode(f'{CLIENT_ID}:{SECRET}'.encode()).decode()}"
        )
        login = self.logins.pop(str(form["code"]), None)
        digest = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        if login is None or encode(digest) != login.challenge or form["redirect_uri"] != login.redirect_uri:
            return JSONResponse({"error": "invalid_grant"}, 400)
        match lie:
            case "an error with status 200":
                return JSONResponse({"error": "bad_verification_code"})
            case "status 500":
                return PlainTextResponse("down", 500)
            case "an endless answer":
                return PlainTextResponse("x" * 1_000_000)
            case "no JSON":
                return PlainTextResponse("id_token=1")
            case "leads elsewhere":
                return RedirectResponse(f"{self.url}/plain/token", 307)
        access_token = "\u00e0\u00e7\u00e7\u00e8s" if lie == "an access token in accents" else "access"
        tokens = {"access_token": access_token, "token_type": "Bearer"}
        id_token = self.make_id_token(lie, find_issuer(self.url, request), login)
        return JSONResponse(tokens if lie == "no ID token" else tokens | {"id_token": id_token})

    def make_id_token(self, lie: str, issuer: str, login: Login) -> str:
        now = int(self.clock().timestamp())
        times = {"iat": now, "exp": now + 300}
        claims: Claims = {"iss": issuer, "aud": CLIENT_ID, "nonce": login.nonce, **times, "email_verified": True}
        if self.tenant:
            claims |= {"iss": issuer.replace("/common/", f"/{self.tenant}/"), "tid": self.tenant}
        claims |= self.person
        change = {**WRONG_CLAIMS, **DOUBTS}.get(lie)
        if change:
            change(claims)
        match lie:
            case "verified in words":
                claims["email_verified"] = "true"
            case "for us in a list":
                claims["aud"] = [CLIENT_ID]
            case "keeps the address to userinfo" | "userinfo of somebody else" | "an access token in accents":
                del claims["email"], claims["email_verified"]
        return self.sign(lie, claims)

    def sign(self, lie: str, claims: Claims) -> str:
        algorithm = lie if lie in ("PS256", "ES256", "Ed25519") else "RS256"
        key = self.find_key(algorithm)
        header: dict[str, Any] = {"alg": algorithm, "kid": key.kid}
        match lie:
            case "signed by nobody":
                return f"{encode_json({'alg': 'none'})}.{encode_json(claims)}."
            case "signed with our secret":
                return sign_with_secret(claims, SECRET.encode())
            case "signed with the public key":
                return sign_with_secret(claims, key.as_pem(private=False))
            case "an unknown key":
                header["kid"] = "nobody-knows"
            case "brings its own key":
                key = RSAKey.generate_key(2048, {"kid": "own"})
                header |= {"kid": "own", "jwk": key.as_dict(private=False)}
            case "an ID token that is none":
                return "a.b.c"
            case "an endless ID token":
                claims["more"] = "x" * 20_000
        token = jwt.encode(header, claims, key, algorithms=[algorithm])
        return f"{token[:-4]}AAAA" if lie == "a broken signature" else token

    async def show_keys(self, request: Request) -> Response:
        self.asked_for_keys += 1
        keys = {key.kid: key.as_dict(private=False) for key in self.keys.values()}
        unfit = [{"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA", "kid": "unfit"}, "no key"]
        unread = {"no keys": [], "keys of no kind": [{"kty": ["RSA"], "kid": "first"}]}
        return JSONResponse({"keys": unread.get(read_lie(request), [*unfit, *keys.values()])})

    async def show_person(self, request: Request) -> Response:
        assert request.headers["authorization"] == "Bearer access"
        lie, person = read_lie(request), {**self.person, "email_verified": True}
        if lie == "no address":
            del person["email"]
        return JSONResponse(person | ({"sub": "grace-1"} if lie == "userinfo of somebody else" else {}))


def name_path(lie: str) -> str:
    return lie.replace(" ", "-").replace(",", "")


def read_lie(request: Request) -> str:
    path = request.path_params["lie"]
    return next((lie for lie in (*LIES, *TRUTHS, *DOUBTS) if name_path(lie) == path), path)


def find_issuer(url: str, request: Request) -> str:
    path, is_document, _rest = request.url.path.partition("/.well-known/")
    return f"{url}{path if is_document else path.rpartition('/')[0]}"


def encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def encode_json(value: Mapping[str, Any]) -> str:
    return encode(json.dumps(value).encode())


def sign_with_secret(claims: Claims, secret: bytes) -> str:
    signed = f"{encode_json({'alg': 'HS256'})}.{encode_json(claims)}"
    return f"{signed}.{encode(hmac.digest(secret, signed.encode(), 'sha256'))}"
