"""API tokens: what another program shows in place of its owner, for a while and for little."""
