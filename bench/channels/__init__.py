"""How fast mails come in and messages leave, through real servers."""
