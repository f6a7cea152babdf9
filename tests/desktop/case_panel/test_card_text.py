from dataclasses import replace

from desktop.case_panel.card_text import card_page
from engine.model.pack import ModelPack


def test_the_card_names_its_limits_and_credits(pack: ModelPack) -> None:
    page = card_page(pack.card, sha256=pack.sha256)
    assert pack.card.model_version in page
    assert all(point.name in page for point in pack.card.operating_points)
    assert "AUROC" in page


def test_a_card_cannot_smuggle_in_a_page_of_its_own(pack: ModelPack) -> None:
    card = replace(pack.card, model_id="<img src='file:///x'>", limits=("<b>none</b>",))
    page = card_page(card, sha256=pack.sha256)
    assert "<img" not in page
    assert "<b>none" not in page
