"""Facebook Messenger: one channel; its verbs are in adapter."""
