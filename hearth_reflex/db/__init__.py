"""The relational store: tables (one file a noun), the engine, nothing about rules."""
