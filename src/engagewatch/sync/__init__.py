"""Sync: providers -> store -> engine. When to poll, what to do with a page, how trouble is kept."""
