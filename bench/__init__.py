"""Benchmarks: each is `python -m bench.NAME`, prints one table, and with `--json` one JSON object as its last line.

A figure is a ratio to a peer or to a limit in the same run; wall rates stand beside it and mean nothing elsewhere.
"""
