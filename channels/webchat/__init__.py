"""Web chat: one channel; its verbs are in adapter."""
