"""Mapafu's engine: films, the model, screening and reports. No Qt, no torch; usable as a library.

This package imports next to nothing by itself, so that child processes start fast. Begin with
`engine.screening.pipeline.screen`.
"""

import os

# Unless it finds this when it is loaded, onnxruntime notes each use in the home folder (seen in 1.31), to report it
# over the network. Set here, it holds for whatever room loads it, and for every child process.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
