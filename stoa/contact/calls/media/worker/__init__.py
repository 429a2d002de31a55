"""The process that carries sound. Nothing of it is imported by the web process."""
