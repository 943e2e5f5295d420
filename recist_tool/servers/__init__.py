"""Where images come from besides folders: archives and servers."""
