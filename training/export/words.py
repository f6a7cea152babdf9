"""What cards say in words: what a model is for, where its films came from, and what to keep in mind."""

from __future__ import annotations

from engine.model.card import Credit

CHILDREN = "Kermany et al. 2018, Guangzhou"
ADULTS = "NIH ChestX-ray14"
HELD_OUT = f"{CHILDREN}: patients held out of training, calibration and the choice of thresholds"
READ_ADULTS = {
    "tune": f"{ADULTS} films of adults of 18 and over read for the RSNA 2018 challenge, the part kept for tuning",
    "report": f"{ADULTS} films of adults of 18 and over read for the RSNA 2018 challenge, the part kept for reporting",
}

USE_CHILDREN = (
    "For putting chest films of children in the order in which they should be read, and for a second look at films "
    "that someone has read, where no radiologist is at hand. Not for treating a child, or leaving one untreated, "
    "without a clinician who has read the film."
)
USE_ALL_AGES = (
    "For putting chest films in the order in which they should be read, and for a second look at films that someone "
    "has read, where no radiologist is at hand. Made for children of 1 to 5 years; on adults it is much less sure. Not "
    "for treating anybody, or leaving anybody untreated, without a clinician who has read the film."
)

_EVERY_MODEL = (
    "Held-out patients come from the same hospital and the same collection as the ones it learned from; "
    "films of other hospitals are harder. No second hospital for children was at hand.",
    "Side views, films of other body parts and pictures that are no films are turned away by a gate of its own, not by "
    "this model; the gate misses some.",
    "The shares of bacterial and viral pneumonia are experimental.",
    "Heat shows where the model looked. It is not the outline of a finding.",
)
UNGATED = "Its figures are those of the network alone: films that the program's gate would turn away are among them."
LIMITS_CHILDREN = (
    "Learned from children of 1 to 5 years in one hospital. Do not rely on it for other ages.",
    *_EVERY_MODEL,
    "It tells pneumonia from normal. Other diseases were not shown to it, and it may call them either.",
)
LIMITS_ALL_AGES = (
    "Children were 1 to 5 years old, all of one hospital. Children under 1 and from 6 to 17 years were hardly seen.",
    "Adults were learned from labels mined from report texts, fewer than half of which hold for pneumonia.",
    *_EVERY_MODEL,
    "No label says how severe a pneumonia was. The extent is the share of lung that is hot, in three steps, and "
    "experimental.",
)

CHILDREN_CREDIT = Credit(
    what="Films of children: Labeled Optical Coherence Tomography and Chest X-Ray Images, Mendeley Data rscbjbr9sj",
    who="Daniel Kermany, Kang Zhang, Michael Goldbaum",
    licence="CC BY 4.0",
)
WEIGHTS_CREDIT = Credit(
    what="Start weights: MobileNetV2 trained on ImageNet (ONNX model zoo, in webnn-polyfill)",
    who="Sandler et al. 2018; the ONNX and webnn-polyfill contributors",
    licence="Apache-2.0",
)
MASKS_CREDIT = Credit(what="Lung masks of films of children: covid-19-xray-dataset", who="V7 Labs", licence="CC BY 4.0")


def adults_credit(use: str) -> Credit:
    """The collection of adult films, and what it was used for."""
    return Credit(
        what=f"Adult films, {use}: NIH ChestX-ray14",
        who="NIH Clinical Center; Wang et al. 2017; reads of the RSNA 2018 challenge",
        licence="free with attribution",
    )


CREDITS_CHILDREN = (CHILDREN_CREDIT, adults_credit("measured on only"), WEIGHTS_CREDIT)
CREDITS_ALL_AGES = (
    CHILDREN_CREDIT,
    MASKS_CREDIT,
    adults_credit("learned from and measured on"),
    WEIGHTS_CREDIT,
)
