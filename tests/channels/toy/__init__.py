"""A channel that is not there: the folder a newcomer would add under channels/."""
