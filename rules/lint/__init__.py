"""What is doubtful in a rule set that can be read, each finding with a ticket that shows it.

`formula` searches, `space` turns conditions into formulas and answers back into facts, `domains` and `texts` give the
values to try. On these stand the looks: `alone` at one rule, `order` at what the rules around it leave it, `places` at
the desk it is for.
"""
