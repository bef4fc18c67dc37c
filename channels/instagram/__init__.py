"""Instagram direct messages: one channel; its verbs are in adapter."""
