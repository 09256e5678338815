"""When the device is lost: recovery codes, and the secret that was saved."""
