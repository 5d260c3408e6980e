"""store: what was fetched and what was derived from it, in one SQLite file."""
