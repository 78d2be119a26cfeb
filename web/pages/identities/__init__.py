"""Connected accounts: the person's own accounts at providers, by which they log in."""
