"""The faces: command line, REST, studio."""
