"""Twilio: one channel; its verbs are in adapter."""
