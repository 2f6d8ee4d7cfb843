"""What runs on a workstation: identities, boot bundles and labels of a fleet."""
