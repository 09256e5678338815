"""Mail: composing it, and handing it to a server, to a folder or to the demo."""
