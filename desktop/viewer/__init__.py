"""The viewer: one film, and the heat over it when asked for."""
