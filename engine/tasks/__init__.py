"""What `mapafu-screen` can be asked to do, each in a module of its own."""
