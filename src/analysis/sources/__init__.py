"""Who publishes which subsidies, where, and how to get the files."""
