"""What WhatsApp, Messenger and Instagram share: Meta's webhooks, its Graph API, direct messages. No channel itself."""
