"""What happens when: each flow joins panes to the session for one kind of work.

Panes emit intents and show view-models; the session works in its lanes. A flow is the short
piece in between, one module for each kind of work.
"""
