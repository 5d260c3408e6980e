"""engagewatch: an outsourced IT engagement, seen from the client's side."""

__version__ = "0.1.0"
