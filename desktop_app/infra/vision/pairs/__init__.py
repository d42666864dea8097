"""Whether two pictures show one product: laid on each other, compared in their worst place."""
