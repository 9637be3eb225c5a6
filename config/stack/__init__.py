"""The local stack: embedded servers and the platform's processes, started, watched and stopped by one command."""
