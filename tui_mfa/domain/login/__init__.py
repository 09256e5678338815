"""Getting in: login attempts, mailed codes, sessions, registration and the forgotten password."""
