"""The HTTP API: what an account's owner may do by program, with a token in place of a login.

Loaded only by ``tui-mfa api``. Routes are rows of one table (``routes``): the schema, the checks of scopes and the
tests are made from it.
"""
