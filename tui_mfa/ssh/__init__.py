"""The portal over SSH: everybody who connects, all in one process."""
