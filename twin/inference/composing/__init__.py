"""From a prompt to whole candidate texts, held to the sources."""
