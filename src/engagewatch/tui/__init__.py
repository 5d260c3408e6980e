"""The terminal interface: screens over the views, nothing of SQL, HTTP or the engine."""
