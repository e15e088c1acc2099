"""Drugs ranked for a disease: features of the network, a learned model, and the degree prior beside it."""
