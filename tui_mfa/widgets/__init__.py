"""Reusable widgets; they know no service and no screen."""
