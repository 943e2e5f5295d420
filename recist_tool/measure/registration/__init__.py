"""One scan laid over another, and lesions carried over."""
