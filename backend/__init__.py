"""An Altogic-compatible backend: accounts, sessions, mailed links, objects and files behind one HTTP contract."""
