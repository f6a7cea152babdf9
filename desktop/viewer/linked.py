"""Two films that are moved, enlarged and windowed together."""

from __future__ import annotations

from desktop.viewer.film_view import FilmView


def link_views(first: FilmView, second: FilmView) -> None:
    """Let each follow what a person does to the other, for as long as both live."""
    for leader, follower in ((first, second), (second, first)):
        leader.placed.connect(lambda leader=leader, follower=follower: follower.follow(leader.placement))
        leader.looked.connect(lambda leader=leader, follower=follower: _follow_look(follower, leader))


def align(follower: FilmView, leader: FilmView) -> None:
    """Let a film that has just come lie and look as the one beside it, where there is one."""
    if leader.picture is not None:
        follower.follow(leader.placement)
        _follow_look(follower, leader)


def _follow_look(follower: FilmView, leader: FilmView) -> None:
    if leader.picture is not None:
        follower.follow_look(leader.look, leader.picture)
