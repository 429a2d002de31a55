"""SMS: one channel, whether the operator speaks SMPP 3.4 or one of three providers' HTTP."""
