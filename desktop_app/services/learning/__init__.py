"""Learning from a catalogue's own products: what it tells, whether it helped, and what is kept."""
