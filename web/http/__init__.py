"""What stands between a request and a page: bodies, cookies, CSRF and security headers, htmx, static files."""
