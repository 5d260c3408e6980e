"""Reading from the network and from files: guarded, bounded, never writing."""
