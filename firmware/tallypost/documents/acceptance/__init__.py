"""The certificate as a person reads it: one page, in five languages."""
