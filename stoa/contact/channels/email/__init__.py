"""E-mail: any provider by IMAP and SMTP, or what is forwarded to our own reception."""
