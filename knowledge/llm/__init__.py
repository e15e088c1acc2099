"""The shared local language model: one llama.cpp instance in a supervised child process."""
