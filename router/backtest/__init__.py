"""The back-test: recorded tickets replayed through the live rules and a draft, with the agents of those days."""
