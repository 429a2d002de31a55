"""Makes the mails of the corpus: nobody wrote them, and they have the shape of each program's."""
