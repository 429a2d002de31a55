"""Where files lie: pictures, attachments, documents."""
