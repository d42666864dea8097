"""Two outlines laid on each other, and what differs between them."""
