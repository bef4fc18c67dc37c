"""People teach triage: agents correct readings, ops give examples of intents and publish versions made of them."""
