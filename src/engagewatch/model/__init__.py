"""The nouns of engagewatch: frozen dataclasses without I/O or third-party imports."""
