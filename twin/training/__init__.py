"""TRAINING pipeline: dataset → adapter → registry → export."""
