"""Adapters: the wire format of one system in, normalised batches out."""
