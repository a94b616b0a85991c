"""Where the inputs come from: the registry, downloads and archives."""
