"""A provider that speaks OpenID Connect and lies in one way for each path: its issuers are `{url}/{lie}`.

What it says is true but for that one lie, so that whoever is taken in has looked past that alone.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
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

from tests.kit.lies import CLIENT_ID, DOUBTS, LIES, TRUTHS, WRONG_CLAIMS, Claims

SECRET = "a-secret-of-ours"
PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad"  # the tenant of all personal accounts at Microsoft


@cache
def make_rsa_key(kid: str) -> RSAKey:
    """Make a key, once: it takes a while."""
    return RSAKey.generate_key(2048, {"kid": kid})


def make_key(algorithm: str) -> Any:
    if algorithm == "ES256":
        return ECKey.generate_key("P-256", {"kid": "ec"})
    return OKPKey.generate_key("Ed25519", {"kid": "ed"}) if algorithm == "Ed25519" else None


@dataclass
class Login:
    """A code that was given out."""

    nonce: str
    challenge: str
    redirect_uri: str


@dataclass
class LyingProvider:
    """What it knows. `person` is whoever logs in there, in the words of claims."""

    clock: Callable[[], datetime]
    url: str = ""
    person: Claims = field(default_factory=lambda: {"sub": "ada-1", "name": "Ada", "email": "ada@example.com"})
    logins: dict[str, Login] = field(default_factory=dict)
    keys: dict[str, Any] = field(default_factory=lambda: {"RS256": make_rsa_key("first")})
    asked_for_keys: int = 0
    numbers: Iterator[int] = field(default_factory=count)
    tenant: str = ""  # of Microsoft, whose issuer is one for each
    asks_which: bool = True  # account, if it is told to
    other: Claims = field(default_factory=dict)  # whom somebody chooses who is asked

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
        told = name_tenant(issuer, PERSONAL if "/consumers/" in issuer else "{tenantid}")
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
            | ({"prompt_values_supported": ["login", "select_account"]} if self.asks_which else {})
        )

    async def authorize(self, request: Request) -> Response:
        """Log the person in without a question, and lead back."""
        lie, query = read_lie(request), request.query_params
        assert query["code_challenge_method"] == "S256", query
        if query.get("prompt") == "select_account":
            self.person = self.other or self.person
        code = f"code-{next(self.numbers)}"
        self.logins[code] = Login(query["nonce"], query["code_challenge"], query["redirect_uri"])
        answer = {"code": code, "state": query["state"]}
        if self.tenant:
            answer["iss"] = name_tenant(find_issuer(self.url, request), self.tenant)
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
            claims |= {"iss": name_tenant(issuer, self.tenant), "tid": self.tenant}
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
        other_curve = {"kty": "EC", "crv": "secp256k1", "x": "AA", "y": "AA", "kid": "unfit"}
        unfit = [other_curve, {"kty": "RSA", "n": "!", "e": "AQAB", "kid": "broken"}, "no key"]
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


def name_tenant(issuer: str, tenant: str) -> str:
    """Return what Microsoft calls itself for a tenant, where its address stands for several."""
    return re.sub("/(common|organizations|consumers)/", f"/{tenant}/", issuer)


def encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def encode_json(value: Mapping[str, Any]) -> str:
    return encode(json.dumps(value).encode())


def sign_with_secret(claims: Claims, secret: bytes) -> str:
    signed = f"{encode_json({'alg': 'HS256'})}.{encode_json(claims)}"
    return f"{signed}.{encode(hmac.digest(secret, signed.encode(), 'sha256'))}"
