"""The second factor: methods, secrets, codes and their rules."""
