"""Products under two numbers: finding them, deciding on them, resolving and reporting them."""
