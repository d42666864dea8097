"""The workspace for products that may be listed twice: groups, review, verdicts, resolving."""
