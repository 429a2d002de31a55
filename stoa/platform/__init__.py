"""What every part stands on. No word about shops or conversations in here."""
