"""The knowledge graph without a store: its vocabulary, walks over it, and names compared word by word."""
