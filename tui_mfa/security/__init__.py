"""Passwords, keys and chance: what the domain's ports ask of cryptography."""
