"""Calls to the backend: the client of the contract, its shapes and errors, capabilities, the transport over TCP."""
