"""A twin against its author and against its baselines: compare → gate → report."""
