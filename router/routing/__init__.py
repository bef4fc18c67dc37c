"""Who gets which ticket: place in line, lanes, who may, who suits best, and the record of why.

Everything here is a function of its arguments: no I/O, no clock, no randomness.
"""
