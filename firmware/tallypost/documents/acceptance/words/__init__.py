"""The words of a certificate, language by language."""
