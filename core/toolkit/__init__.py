"""Small tools that plugins and the command line share: the context of a command, references."""
