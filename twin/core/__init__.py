"""What everything speaks: records, protocols, errors, settings, text, prompts. No I/O, no heavy import."""
