"""Merging what was said to be the same: the plan, looked over and changed before it is done."""
