"""Phone numbers: the log-in by a code that is sent by SMS, and the number of the signed-in person."""
