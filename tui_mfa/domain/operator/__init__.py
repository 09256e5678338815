"""What the operator of the machine does with accounts; whoever can run these commands can read the store."""
