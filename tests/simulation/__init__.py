"""Days of a desk lived through in memory: the laws they keep, and that the same seed is the same day."""
