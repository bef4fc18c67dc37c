"""X: one channel; its verbs are in adapter."""
