"""Plain data for every screen, command and export: one computation, three faces."""
