"""Placeholder entry point."""


def run() -> int:
    """Run."""
    return 0
