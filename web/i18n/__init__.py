"""The locale of a request, time zones, and refusals put into words."""
