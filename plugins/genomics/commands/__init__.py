"""`bedside genomics …`: the sub-commands, each imported when it is called."""
