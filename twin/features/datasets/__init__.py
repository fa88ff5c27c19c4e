"""Documents → sections → examples with their prompts → a dataset version that can be read, edited and compared."""
