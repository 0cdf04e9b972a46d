"""The page that explains a registration to somebody who did not run it."""

from __future__ import annotations

from PIL import Image as Pillow

from symline.files.drawing.head import head
from symline.files.drawing.page import PAGE, paragraph, section
from symline.files.drawing.png import encode
from symline.files.panels.alone import only_image
from symline.files.panels.back import grid_panel, image_panel, mirrored_panel
from symline.files.panels.histograms import histogram_panels
from symline.files.panels.maps import departure_panel, inconsistency_panel
from symline.files.panels.scene import Scene
from symline.files.panels.stages import composite_panels, metric_panels
from symline.model.analysis import Analysis
from symline.model.image import Image

SUMMARY = "This gives every point of the back its mirror partner on the other side; the midline runs half-way between the partners."
RESULT = "The back, its mirror image, and what the mirror map does"
COMPOSITES = (
    "Image in red, mirrored image in green, after each stage: yellow and black where they are aligned, red or green where they are not"
)
METRICS = "The metric of each stage at each iteration; lower is better, within a level"
HISTOGRAMS = "Joint histograms"


def draw_registration(image: Image, analysis: Analysis) -> bytes:
    """Draw how an image was registered with its mirror image.

    Parameters
    ----------
    image
        The curvature image.
    analysis
        The answer about it; without a registration the page shows the image and why there is none.

    Returns
    -------
    bytes
        A PNG file, 2560 pixels wide; the same for the same input.
    """
    scene = Scene.of(analysis)
    strips = [head(PAGE, image.name, analysis)]
    if scene is None:
        return encode([*strips, only_image(image)])
    result = [image_panel(scene), mirrored_panel(scene), grid_panel(scene), departure_panel(scene), inconsistency_panel(scene)]
    sections = {
        RESULT: result,
        COMPOSITES: composite_panels(scene),
        METRICS: metric_panels(scene),
        HISTOGRAMS: histogram_panels(scene),
    }
    strips.append(_summary(scene))
    for heading, panels in sections.items():
        strips += section(heading, panels) if panels else []
    return encode(strips)


def _summary(scene: Scene) -> Pillow.Image:
    """What was done, in a sentence."""
    stages = [step.trace.stage for step in scene.registration.steps[1:]]
    return paragraph(f"Registered with its own mirror image by {', then '.join(stages)}. {SUMMARY}")
