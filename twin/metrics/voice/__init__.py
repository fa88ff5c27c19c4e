"""The verifier's insides: what it is fitted on, and how its heads decide."""
