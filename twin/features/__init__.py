"""FEATURE pipeline: collect → clean → works → chunk → embed → index; documents → dataset."""
