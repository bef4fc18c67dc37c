"""Email: mail in by IMAP or as a raw post, replies out by SMTP."""
