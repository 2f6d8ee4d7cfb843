"""What runs on a workstation: identities, boot bundles and labels for the boxes of a fleet."""
