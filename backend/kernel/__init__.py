"""What everything else stands on: clock, keys, refusals, fields, password hashing. Depends on nothing here."""
