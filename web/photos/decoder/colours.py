"""Conversion to sRGB, by the colour profile of the file; a photo without one is taken for sRGB."""

import io

from PIL import Image, ImageCms

MOST_PROFILE_BYTES = 4 * 1024 * 1024  # those of printing presses have two or three
SPACES = {"L": "GRAY", "RGB": "RGB", "CMYK": "CMYK"}
INTENT, FLAGS = ImageCms.Intent.PERCEPTUAL, ImageCms.Flags.BLACKPOINTCOMPENSATION


def convert_to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Convert an L, LA, RGB, RGBA or CMYK image to sRGB on white. Its ICC profile may be empty or broken."""
    alpha = image.getchannel("A") if image.mode in ("LA", "RGBA") else None
    colours = image.convert(image.mode.removesuffix("A")) if alpha else image
    shown = _apply(profile, colours) or colours.convert("RGB")
    if alpha is None:
        return shown
    return Image.composite(shown, Image.new("RGB", shown.size, "white"), alpha)


def _apply(profile: bytes, image: Image.Image) -> Image.Image | None:
    """Return the image in sRGB; None where the profile is broken, or for another kind of pixel."""
    if not 0 < len(profile) <= MOST_PROFILE_BYTES:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        space = source.profile.xcolor_space.strip()
        if space == "RGB" and image.mode == "L":
            image = image.convert("RGB")  # a grey picture with the camera's colour profile
        if space != SPACES[image.mode]:
            return None
        target = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, source, target, INTENT, "RGB", flags=FLAGS)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None
