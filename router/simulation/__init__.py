"""Days of a desk, lived through in memory: generated or recorded tickets, through the decisions the desk really makes.

`kernel.run` lives through the days; `crew` has the agents of it, `line` what waits, `policies` whom a ticket goes to:
`BestSuited` asks router.routing itself. What customers and agents do is a `world.World`: `days` draws one from a desk
file, the back-test gives one from the record. Nothing here has a clock or does I/O; every random number comes from a
seed that is an argument. Times are minutes (float) since the start of the run; what they mean, working time or wall
time, is for the caller to say.
"""
