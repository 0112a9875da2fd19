"""Labels that are found by a vote of the pixels around a place."""

from leyden.items.grid.voting.polling import vote, vote_at
from leyden.items.grid.voting.voters import Ballot, ballot, ballots

__all__ = ["Ballot", "ballot", "ballots", "vote", "vote_at"]
