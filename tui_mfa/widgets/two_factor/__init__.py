"""The three tabs of “Manage Two Factor Authentication”: they show and ask, and know no service."""
