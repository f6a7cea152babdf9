"""Makes the installed program: a folder with everything in it, a Debian package, a portable archive; and tries them."""
