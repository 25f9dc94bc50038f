"""All plans of the nation as one dataset: gathered, validated, kept with its history, and asked by SQL.

The dataset is a folder of Delta tables. A harvest writes each table in one commit of its own and then exchanges
``snapshot.json``, which names the version of every table: a program that opens the tables at these versions sees one
state.
"""
