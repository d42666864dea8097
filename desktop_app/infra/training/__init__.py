"""Scripts and parts that learn the weights the application ships; none of it runs in the window."""
