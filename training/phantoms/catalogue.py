"""The table of the sample films, and the text that explains them."""

from __future__ import annotations

from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, JPEGLSLossless, RLELossless

from training.phantoms.phantom import Finding, Phantom, Tags

PICTURE_NAME = "holiday.jpg"
"""The sample that is a picture but no film."""

TEXT_NAME = "reading-list.txt"
"""The sample that is no picture."""

# fmt: off
FILMS = (
    Phantom(number=1, size=(600, 680), width=0.37, top=0.19, marker="R"),
    Phantom(number=2, size=(680, 660), tall=1.42, drop=0.5, arms_up=True, chin=True, finding="right upper lobe"),
    Phantom(number=3, size=(700, 640), top=0.18, tall=1.5, drop=0.5, tilt=-1.5, exposure=0.85, finding="patchy"),
    Phantom(number=4, size=(560, 720), width=0.34, thymus=0.08, collimated=True, phase=0.3, marker="L"),
    Phantom(number=5, size=(530, 500), tall=1.4, turn=0.04, arms_up=True, chin=True, collimated=True, deep=True),
    Phantom(number=6, size=(500, 530), width=0.365, tilt=3, deep=True, finding="right lower lobe"),
    Phantom(number=7, size=(500, 510), width=0.38, thymus=0.06, phase=0.4, deep=True, finding="streaks"),
    Phantom(number=8, size=(459, 450), width=0.37, tall=1.36, drop=0.45, tilt=1, exposure=1.08, marker="R",
            tags=Tags(syntax=ExplicitVRLittleEndian, age="003Y", sex="F")),
    Phantom(number=9, size=(441, 450), width=0.365, turn=-0.05, thymus=0.03, finding="left lower lobe",
            tags=Tags(syntax=ExplicitVRLittleEndian, inverted=True, detector=True, age="002Y", sex="M")),
    Phantom(number=10, size=(530, 500), tall=1.36, heart=1.06, exposure=0.9, marker="L", finding="patchy",
            tags=Tags(syntax=JPEG2000Lossless, age="004Y", sex="F")),
    Phantom(number=11, size=(560, 500), top=0.15, tall=1.68, drop=0.64, heart=0.86, phase=0.2, marker="R",
            tags=Tags(syntax=RLELossless, inverted=True, view="PA", age="045Y", sex="M")),
    Phantom(number=12, size=(500, 550), width=0.365, tall=1.3, tilt=-2, heart=1.04, phase=0.6, finding="streaks",
            tags=Tags(syntax=JPEGLSLossless, detector=True)),
)
# fmt: on
"""The sample films, in the order of their numbers."""

_MEANING: dict[Finding, str] = {
    "clear": "clear lungs",
    "right upper lobe": "dense right upper lobe, bounded by the horizontal fissure",
    "left lower lobe": "opacity in the left lower lobe, behind and beside the heart",
    "right lower lobe": "opacity in the right lower lobe",
    "patchy": "patches in both lungs",
    "streaks": "streaks and haze around both hila",
}


def reading_list() -> str:
    """The text among the samples: what lies in the folder, and what the drawings show."""
    lines = [
        "Sample films",
        "============",
        "",
        "The twelve phantoms in this folder are drawings. A program computed them from formulas; none shows a",
        "person, and no film of a person went into them. They are here so that you can try the program before you",
        "have films of your own. What the program says about a drawing tells nothing about how well it reads films.",
        "",
        "What was meant:",
        "",
        *(f"  {phantom.name}  {_MEANING[phantom.finding]}" for phantom in FILMS),
        "",
        f"{PICTURE_NAME} is a landscape, and this text is a text: the program has to turn both away.",
        "",
    ]
    return "\n".join(lines)
