"""The demo author: invented, machine-written, labelled so."""
