"""The routing policy's figures, in one place. Every decision names the version it was made with.

Place in line: answer by, less a head start for heat, in working time. Of the heads of the lanes open to an agent, the
best suited wins, and each position further back costs half a level. Of several free agents, the best suited wins, less
for those who carry much already. An agent who is nearly full leaves a ticket whose topic they lack to those who have
it, for half of its promise and only if its customer is calm. Hard work is shared: an agent on a run passes over a
difficult ticket once. A change of any figure here is a new version.
"""

from collections.abc import Mapping
from datetime import timedelta

from channels.types import Pace, WorkClass
from router.model import Heat

POLICY_VERSION = "3"

HEAD_STARTS: Mapping[Pace, tuple[timedelta, timedelta, timedelta, timedelta]] = {  # by heat 0 … 3, working time
    "chat": (timedelta(0), timedelta(minutes=3), timedelta(minutes=12), timedelta(minutes=18)),
    "social": (timedelta(0), timedelta(minutes=30), timedelta(minutes=120), timedelta(minutes=180)),
    "email": (timedelta(0), timedelta(hours=4), timedelta(hours=16), timedelta(hours=24)),
}

PROFICIENCY = (0.2, 0.4, 0.55, 0.7, 0.85, 1.0)  # by level; 0: without the skill
MEAN_PROFICIENCY = sum(PROFICIENCY) / len(PROFICIENCY)  # of a topic we are not sure of: any level is as likely

POSITION_COSTS = 0.075  # each position further back in the order of places: half a level
SAME_AGENT_GAINS = 0.3  # who spoke with the customer before
LOAD_COSTS = 1.0  # at full load, less by its square: the second talk at once costs little, the last one much

NEARLY_FULL = 2 / 3  # of an agent's slots; from then on they leave what they do not know to those who do
LEFT_FOR = (0.5, 0.5, 0.0, 0.0)  # by heat 0 … 3: the part of its promise for which a ticket is left so

DIFFICULT: Heat = 2  # from this heat on, a ticket is hard work
RUN_CARES = 2  # difficult tickets in a row, from which on an agent is spared
LEDGER_COSTS = 1.0
LEDGER_UNIT = 23.0  # of the ledger of hard work; twice as much counts in full
RUN_COSTS = 0.5

TAKEN_AFTER_PASSED_OVER = 20  # times a ticket stood first and another was taken

SLOT_OF: Mapping[WorkClass, WorkClass] = {  # whose slots a class uses
    "live": "live",
    "messaging": "live",
    "mail": "mail",
    "task": "task",
    "call": "call",
}
SLOTS: Mapping[WorkClass, int] = {"live": 3, "mail": 1}  # of an agent, unless their own say otherwise
SLOT_ORDER: tuple[WorkClass, ...] = ("call", "live", "mail", "task")  # what comes first when several are free
