"""The lock of the screen: a PIN against curious eyes."""
