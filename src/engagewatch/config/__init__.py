"""Config: engagement files, checked and turned into frozen engagements; where secrets are kept."""
