"""The forms of a release: each is a pure function of the edition and gives the bytes of one file."""
