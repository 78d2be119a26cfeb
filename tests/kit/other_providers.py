"""Stand-ins of the providers that have ways of their own: GitHub, Facebook, X, Discord, and Apple."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from html import escape
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from tests.kit.lies import CLIENT_ID
from tests.kit.lying_provider import SECRET, encode, make_rsa_key

TEAM, KEY_ID = "TEAM123456", "KEY1234567"


@dataclass
class OtherProviders:
    """All of them at one address. `people` is what each says of whoever logs in there."""

    clock: Callable[[], datetime]
    url: str = ""
    people: dict[str, Any] = field(default_factory=dict)
    challenges: dict[str, str] = field(default_factory=dict)
    nonces: dict[str, str] = field(default_factory=dict)
    apple_key: Any = field(default_factory=lambda: ECKey.generate_key("P-256", {"kid": KEY_ID}))

    def make_app(self) -> Starlette:
        return Starlette(
            routes=[
                *(Route(path, self.authorize) for path in AUTHORIZE),
                *(Route(path, self.give_token, methods=["POST"]) for path in TOKEN),
                Route("/api/v3/user", self.show("github")),
                Route("/api/v3/user/emails", self.show("github-addresses")),
                Route("/v23.0/me", self.show_of_facebook),
                Route("/2/users/me", self.show("twitter")),
                Route("/api/users/@me", self.show("discord")),
                Route("/.well-known/openid-configuration", self.describe_apple),
                Route("/apple/authorize", self.authorize_at_apple),
                Route("/apple/token", self.give_tokens_of_apple, methods=["POST"]),
                Route("/apple/keys", self.show_keys),
            ]
        )

    async def authorize(self, request: Request) -> Response:
        query = request.query_params
        code = f"code-{len(self.challenges)}"
        self.challenges[code] = query["code_challenge"]
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}", 302)

    async def give_token(self, request: Request) -> Response:
        """Refuse as GitHub does: with status 200."""
        form = await request.form()
        basic = f"Basic {base64.b64encode(f'{CLIENT_ID}:{SECRET}'.encode()).decode()}"
        is_ours = form.get("client_secret") == SECRET or request.headers.get("authorization") == basic
        digest = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        if not is_ours or self.challenges.pop(str(form["code"]), None) != encode(digest):
            return JSONResponse({"error": "bad_verification_code", "error_description": "their words"})
        return JSONResponse({"access_token": "access", "token_type": "bearer"})

    def show(self, name: str) -> Any:
        async def show(request: Request) -> Response:
            assert request.headers["authorization"] == "Bearer access"
            return JSONResponse(self.people[name])

        return show

    async def show_of_facebook(self, request: Request) -> Response:
        proof = hmac.digest(SECRET.encode(), b"access", "sha256").hex()
        assert request.query_params["appsecret_proof"] == proof
        return JSONResponse(self.people["facebook"])

    # -- Apple

    async def describe_apple(self, _request: Request) -> Response:
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        addresses = {name: f"{self.url}/apple/{path}" for name, path in names.items()}
        methods = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
        return JSONResponse({"issuer": self.url, **addresses, **methods})

    async def authorize_at_apple(self, request: Request) -> Response:
        """Answer with a page that posts a form, or with what it posts as JSON; the person's name is said once."""
        query = request.query_params
        assert query["response_mode"] == "form_post"
        code = f"code-{len(self.nonces)}"
        self.nonces[code] = query["nonce"]
        posted = {"state": query["state"], "code": code, "id_token": "looked at by nobody"}
        if code == "code-0":
            posted["user"] = json.dumps({"name": {"firstName": "Ada", "lastName": "Lovelace"}})
        if "text/html" in request.headers.get("accept", ""):
            return HTMLResponse(write_form(query["redirect_uri"], posted))
        return JSONResponse({"action": query["redirect_uri"], "form": posted})

    async def give_tokens_of_apple(self, request: Request) -> Response:
        form = await request.form()
        secret = jwt.decode(str(form["client_secret"]), self.apple_key, algorithms=["ES256"])
        now, made = int(self.clock().timestamp()), secret.claims["iat"]
        claims = {"iss": TEAM, "aud": self.url, "sub": CLIENT_ID, "iat": made, "exp": made + 300}
        assert (secret.header["kid"], secret.claims) == (KEY_ID, claims)
        assert 0 <= now - made < 30, "made for this request, perhaps in the second before"
        person = {"sub": "ada.apple", "email": "x@privaterelay.example.com", "email_verified": "true"}
        times = {"iat": now, "exp": now + 300}
        told = {"iss": self.url, "aud": CLIENT_ID, "nonce": self.nonces.pop(str(form["code"])), **times, **person}
        key = make_rsa_key("first")
        id_token = jwt.encode({"alg": "RS256", "kid": "first"}, told, key, algorithms=["RS256"])
        return JSONResponse({"access_token": "access", "id_token": id_token})

    async def show_keys(self, _request: Request) -> Response:
        return JSONResponse({"keys": [make_rsa_key("first").as_dict(private=False)]})


def write_form(action: str, posted: Mapping[str, str]) -> str:
    fields = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in posted.items())
    return f'<form method="post" action="{escape(action)}">{fields}</form><script>document.forms[0].submit()</script>'


AUTHORIZE = ("/login/oauth/authorize", "/v23.0/dialog/oauth", "/i/oauth2/authorize", "/oauth2/authorize")
TOKEN = ("/login/oauth/access_token", "/v23.0/oauth/access_token", "/2/oauth2/token", "/api/oauth2/token")


def name_settings(url: str, apple_key: Any) -> dict[str, str]:
    """The settings of all of them, at this address."""
    settings = {
        "APPLE_CLIENT_ID": CLIENT_ID,
        "APPLE_TEAM_ID": TEAM,
        "APPLE_KEY_ID": KEY_ID,
        "APPLE_PRIVATE_KEY": apple_key.as_pem(private=True).decode().replace("\n", "\\n"),
        "APPLE_ISSUER": url,
    }
    for name in ("GITHUB", "FACEBOOK", "TWITTER", "DISCORD"):
        settings |= {f"{name}_CLIENT_ID": CLIENT_ID, f"{name}_CLIENT_SECRET": SECRET, f"{name}_URL": url}
    return settings
