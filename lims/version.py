"""Which program and which form of the tables this is; both stand in every log entry."""

BUILD = "0.1.0"
SCHEMA = 1
