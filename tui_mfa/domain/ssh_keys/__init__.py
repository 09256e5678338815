"""SSH keys: judge what was pasted, keep it, and hand it to sshd."""
