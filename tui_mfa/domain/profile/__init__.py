"""The account as its owner sees and edits it."""
