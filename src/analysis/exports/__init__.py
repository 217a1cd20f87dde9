"""Award tables in the shapes that other people's tools read."""
