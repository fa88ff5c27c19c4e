"""LLM Twin: learns to write like one person, and checks what it writes."""

__version__ = "0.1.0"
