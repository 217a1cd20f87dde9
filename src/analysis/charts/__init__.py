"""Charts: one record each (texts, numbers, claim) and one frame that draws them all alike."""
