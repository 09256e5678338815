"""What an account may use, how much of it is used, and how its owner asks for more."""
