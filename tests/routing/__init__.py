"""Routing: place, lanes, who may, who best, and the record of why."""
