"""The workspace for shapes: an outline is drawn or taken over, and containers like it shown."""
