"""The bundled sample films: drawings of chest radiographs, made from formulas alone.

No film of a person and no picture by anybody else goes in. A phantom adds up what a ray meets on its way through a
simple body (soft tissue, lungs, bones as hollow tubes, gas) and shows the sum as a film would. The drawings serve the
first run and the tests; they prove nothing about how well films of people are judged.

Run it as `python -m training.phantoms OUT_DIR`; the same films come out every time.
"""
