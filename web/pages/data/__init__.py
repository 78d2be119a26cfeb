"""Your data: taking it along, and leaving."""
