"""Files on disk: safe paths, strict reading of JSON, one form of writing, and writing that a crash cannot halve."""
