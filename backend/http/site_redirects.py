"""Redirects to the site: where mailed links and log-ins at providers end."""

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit, urlunsplit

from starlette.responses import RedirectResponse, Response

from backend.http.requests import BackendRequest, get_services

# Of whatever stands on the way there: its address may hold a secret.
PRIVATE = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex"}


def redirect_to_site(request: BackendRequest, answer: Mapping[str, str]) -> Response:
    """Redirect to REDIRECT_URL, with the answer appended to its own query."""
    parts = urlsplit(get_services(request).settings.links.redirect_url)
    url = urlunsplit(parts._replace(query="&".join(filter(None, [parts.query, urlencode(answer)]))))
    return RedirectResponse(url, 302, PRIVATE)
