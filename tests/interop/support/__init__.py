"""What the interoperability tests share: networks, the recorded client, and our own side."""
