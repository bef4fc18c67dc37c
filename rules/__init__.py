"""Decides from facts: conditions, actions, evaluation, explanation. No I/O; knows neither channels nor router."""
