"""A simulated provider: true wire formats over a real loopback HTTP server, repeatable by seed."""
