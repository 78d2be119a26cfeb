"""The contract over HTTP: each endpoint parses, calls the rules and answers; a file a noun."""
