"""INFERENCE pipeline: request → retrieve → brief → compose → check → draft."""
