"""One module per screen: how its view is laid out, and what its rows lead to."""
