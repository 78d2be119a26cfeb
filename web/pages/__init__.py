"""The handlers: parse, check, act, answer. One module a page."""
