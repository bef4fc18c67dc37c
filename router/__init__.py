"""Heed: reads how customers feel, puts those who need help first, gives each ticket to the agent best suited."""

__version__ = "0.1.0"
