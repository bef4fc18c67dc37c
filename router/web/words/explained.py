"""Sentences and terms of the core that it builds from parts, as templates; whole ones are found where they are raised.

Only words: tests/web/test_sentences.py lets the core explain itself and finds each sentence here. A new way to explain
something gets its row here and its words in the catalogue.
"""

TERMS = (
    "live", "mail", "task", "call",  # kinds of slots
    "new", "waiting", "offered", "open", "pending", "snoozed", "resolved", "closed", "spam",
    "online", "away", "offline", "wrapping up",
    "email", "webchat", "telegram", "api", "billing", "shipping", "technical", "returns",
    "agent", "supervisor", "ops", "admin",
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip

WHY_NOT_YOU = (  # router.routing.lanes, eligibility
    "You may take it: the next pull brings it, unless another ticket stands before it or suits you better.",
    "You declined or returned it just now.",
    "You are {presence}.",
    "Your {slot} slot is taken.",
    "Your {n} {slot} slots are taken.",
    "For now it is kept for those who know {need}, as nearly all of your {slot} slots are taken.",
    "You do not work for this brand.",
    "You do not work on {channel}.",
    "You have no {slot} slot.",
    "You do not speak {need}.",
    "It needs {need}, you do not have it.",
    "It needs {need}, you have {level}.",
)

WHY_IT_WAITS = (  # router.routing.eligibility
    "No one on the desk may take it: {missing}",
    "No one works for this brand.",
    "The desk has no agents.",
    "No one works on {channel}",
    "No one works on {channel}.",
    "No one has a {slot} slot",
    "No one has a {slot} slot.",
    "No one speaks {need}",
    "No one speaks {need}.",
    "No one has {need}",
    "No one has {need}.",
    "No one has {need} (highest: {level}).",
    "No one speaks {need} (highest: {level}).",
    "No one has both {needs}.",
    "the right to {channel}",
    "a {slot} slot",
    "{skill} at level {level}",
    "{n} agent may take it; none is online.",
    "{n} agents may take it; none is online.",
    "{n} agent may take it; all {slot} slots of the {present} online are taken.",
    "{n} agents may take it; all {slot} slots of the {present} online are taken.",
    "{n} agent is free for it; it goes to whoever takes the next ticket.",
    "{n} agents are free for it; it goes to whoever takes the next ticket.",
    "{n} agent is free for it but nearly full; for now it is kept for those who know {need}.",
    "{n} agents are free for it but nearly full; for now it is kept for those who know {need}.",
    "Offered to {agent}.",
)

WHY_IT_CAME = (  # router.routing.record
    "{skill} {level} of 5",
    "{skill} is the topic, without the skill",
    "the only free agent",
    "best suited of {n} free agents",
    "next in turn of {n} free agents",
    "least busy of {n} free agents",
    "longest idle of {n} free agents",
    "{load} of {capacity} {slot} slots taken",
    "spoke with this customer before",
    "heat {n} put it forward",
    "stood first and was passed over {n} times, so it is next",
    "first of the only open lane",
    "{nth} of {lanes} open lanes",
    "{nth} of {lanes} open lanes, and suits best",
    "due now",
    "{span} late",
    "due in {span}",
    "rule {rule}",
    "rules {rules}",
    "rules {rules} and {n} more",
)

WHO_HAS_IT = (  # router.inbox.reasons
    "{agent} was given it by hand.",
    "{agent} was given it by a rule.",
    "{agent} was handed it by a colleague.",
    "{agent} had it before, and it came back.",
    "{agent} opened it again.",
    "{agent} answered it.",
    "{agent} started it.",
    "{agent} took back a reply.",
    "{agent} had it, and a step was undone.",
    "{agent} had the ticket that it was merged with.",
    "{agent} had it before the tickets were parted.",
)

WHAT_IS_SWITCHED_OFF = (  # router.inbox.reasons
    "Mood is switched off for this brand: promise and age alone decide the order.",
)

WHAT_WOULD_CHANGE_IT = (  # router.routing.otherwise
    "{skill} at level {level} instead of {other}",
    "standing {nth} instead of {other}",
    "{n} slot taken instead of {other}",
    "{n} slots taken instead of {other}",
    "knowing the customer from before",
)

WHY_A_MOMENT = (  # promises, events and what is told to people
    "queue {queue}",
    "a rule",
    "language",
    "returned",
    "transferred",
    "put back",
    "its answer was not sent",
    "its agent has left",
    "waited enough",
    "its rest is over",
    "resolved 14 days ago",
    "The answer you promised is due soon. Answer, or hand the ticket on.",
    "Your customer grew frustrated. Answer soon, or ask for help.",
    "A customer grew frustrated on a ticket that somebody has.",
)

WHAT_CHANNELS_ALLOW = (  # router.inbox.allowed, router.rhythm, router.watching, router.drain
    "{channel} takes answers only within {span} after the customer's last message, and that time has passed.",
    "Once the customer writes again, it opens; until then reach them on another channel, or leave a note.",
    "You can try again, or reach them on another channel.",
    "This connection is paused.",
    "What you send waits until it is resumed.",
    "The connection this ticket came on is gone.",
    "Write to the customer on another one.",
    "{n} hours",
    "{n} days",
    "An answer from the platform's own app names no customer.",
    "raw event read",
    "events read again",
)

WHY_IT_DID_NOT_ARRIVE = (  # channels.*, router.delivery, fetching, drain: built from parts
    "{host} did not answer within {n} s.",
    "{host} broke off in its answer.",
    "No safe connection to {host}: check its certificate, or the address.",
    "No safe connection to {host} in time: check its certificate, or the address.",
    "is no network address",
    "is a cloud's metadata address",
    "is a loopback address",
    "is a link-local address",
    "is a link-local or metadata address",
    "is a multicast address",
    "is a tunnel address (6to4 or Teredo)",
    "is a private or reserved address",
    "The customer cannot be reached on this number:",
    "The server did not take the message ({code}).",
    "The server did not take the message ({code}): {cause}.",
    "The SMTP server answers but does not work ({code}).",
    "The SMTP server answers but does not work ({code}): {cause}.",
    "The SMTP server refused ({code}).",
    "The SMTP server refused ({code}): {cause}.",
    "The SMTP server did not accept smtp_user and smtp_password ({code}): {cause}.",
    "The server did not accept our address as the sender ({code}).",
    "The server did not accept our address as the sender ({code}): {cause}.",
    "The recipient was refused ({code}).",
    "The recipient was refused ({code}): {cause}.",
    "no answer",
    "It could not be delivered: {cause}.",
    "It could not be delivered: {cause} ({code}).",
    "It could not be delivered to {address}: {cause}.",
    "It could not be delivered to {address}: {cause} ({code}).",
    "their server refused it",
    "error {code}",
    "The platform did not deliver it.",
    "The connection is paused.",
    "Its connection is gone.",
    "Nobody is named as its recipient.",
    "It may not have arrived. Ask the customer, or send it again.",
    "It is larger than {n} MB.",
    "It is too large, or came without its bytes.",
    "It came without its bytes.",
    "It ended its worker twice.",
    "It could not be stored ({fault}).",
    "Heed failed to fetch it ({fault}).",
    "Heed failed to send it ({fault}).",
    "Heed failed to read it ({fault}).",
)

ALL = (
    *TERMS, *WHAT_CHANNELS_ALLOW, *WHY_IT_DID_NOT_ARRIVE, *WHY_NOT_YOU, *WHY_IT_WAITS, *WHY_IT_CAME, *WHO_HAS_IT,
    *WHAT_IS_SWITCHED_OFF, *WHAT_WOULD_CHANGE_IT, *WHY_A_MOMENT,
)  # fmt: skip
