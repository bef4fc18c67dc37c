"""Heed's own JSON: one channel; its verbs are in adapter."""
