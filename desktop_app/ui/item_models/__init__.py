"""Qt item models; they hold view-models and never touch a service."""
