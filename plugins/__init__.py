"""The bundled specialists. Nothing imports them: entry points find them, like a stranger's."""
