"""Read-only questions to the store: SQL in, frozen dataclasses out."""
