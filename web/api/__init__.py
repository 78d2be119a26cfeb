"""Everything that leaves the site: the client of the contract, its shapes, and the way to a backend over TCP."""
