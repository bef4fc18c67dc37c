"""Loads the models once, where commands are forked from; see nursery.py. Nobody else imports this."""

from router import triage

triage.preload()
