"""How fast mails come in and leave, through real servers."""
