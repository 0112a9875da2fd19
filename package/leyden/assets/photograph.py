"""The photographs that scikit-image and scikit-learn carry in their wheels, each with its SHA-256 and licence.

Only those whose licence the two projects state: the moon, the scanned page and the stereo motorcycle of scikit-image
have none written beside them and are left out, as are drawings. What scikit-image downloads on demand is not here.

Source:
    Licences: docstrings of skimage.data in scikit-image 0.26.0; datasets/images/README.txt of scikit-learn 1.9.1.
"""

from leyden.assets.source import PackagedFile

__all__ = ["PHOTOGRAPHS"]


def _skimage(file: str, sha256: str, *, licence: str, about: str) -> PackagedFile:
    return PackagedFile(file, "skimage", path=f"data/{file}", sha256=sha256, licence=licence, about=about)


def _sklearn(file: str, sha256: str, *, licence: str, about: str) -> PackagedFile:
    return PackagedFile(file, "sklearn", path=f"datasets/images/{file}", sha256=sha256, licence=licence, about=about)


PHOTOGRAPHS: tuple[PackagedFile, ...] = (
    _skimage(
        "astronaut.png",
        "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
        licence="public domain (NASA Great Images)",
        about="Eileen Collins, colour, 512 x 512",
    ),
    _skimage(
        "brick.png",
        "7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf",
        licence="CC0-1.0 (CC0Textures)",
        about="brick wall, a texture, grey, 512 x 512",
    ),
    _skimage(
        "camera.png",
        "b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a",
        licence="CC0-1.0 (Lav Varshney)",
        about="a photographer and his camera, grey, 512 x 512",
    ),
    _skimage(
        "cell.png",
        "8d23a7fb81f7cc877cd09f330357fc7f595651306e84e17252f6e0a1b3f61515",
        licence="CC0-1.0 (Paul Mueller and others)",
        about="cell in saline, quantitative phase, grey, 660 x 550, 0.107 um a pixel",
    ),
    _skimage(
        "chelsea.png",
        "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
        licence="CC0-1.0 (Stefan van der Walt)",
        about="Chelsea the cat, colour, 300 x 451",
    ),
    _skimage(
        "clock_motion.png",
        "f029226b28b642e80113d86622e9b215ee067a0966feaf5e60604a1e05733955",
        licence="public domain (Stefan van der Walt)",
        about="wall clock, blurred by motion, grey, 300 x 400",
    ),
    _skimage(
        "coffee.png",
        "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
        licence="CC0-1.0 (Rachel Michetti, Pikolo Espresso Bar)",
        about="cup of espresso on wood, colour, 400 x 600",
    ),
    _skimage(
        "coins.png",
        "f8d773fc9cfa6f4d8e5942dc34d0a0788fcaed2a4fefbbed0aef5398d7ef4cba",
        licence="no known copyright restrictions (Brooklyn Museum)",
        about="Greek coins from Pompeii, grey, 303 x 384",
    ),
    _skimage(
        "grass.png",
        "b6b6022426b38936c43a4ac09635cd78af074e90f42ffa8227ac8b7452d39f89",
        licence="CC0-1.0 (linolafett)",
        about="grass, a texture, grey, 512 x 512",
    ),
    _skimage(
        "gravel.png",
        "c48615b451bf1e606fbd72c0aa9f8cc0f068ab7111ef7d93bb9b0f2586440c12",
        licence="CC0-1.0 (CC0Textures)",
        about="gravel, a texture, grey, 512 x 512",
    ),
    _skimage(
        "hubble_deep_field.jpg",
        "3a19c5dd8a927a9334bb1229a6d63711b1c0c767fb27e2286e7c84a3e2c2f5f4",
        licence="public domain (NASA)",
        about="Hubble eXtreme Deep Field, colour, 872 x 1000",
    ),
    _skimage(
        "ihc.png",
        "f8dd1aa387ddd1f49d8ad13b50921b237df8e9b262606d258770687b0ef93cef",
        licence="no known copyright restrictions (Center for Microscopy and Molecular Imaging)",
        about="colonic glands, immunohistochemistry, colour, 512 x 512",
    ),
    _skimage(
        "microaneurysms.png",
        "a1e1be59aa447f8ce082f7fa809997ab369a2b137cb6c4202abc647c7ccf6456",
        licence="CC0-1.0 (Andreas Maier)",
        about="detail of a retina with lesions, green channel, grey, 102 x 102",
    ),
    _skimage(
        "retina.jpg",
        "38a07f36f27f095e818aea7b96d34202c05176d30253c66733f2e00379e9e0e6",
        licence="CC0-1.0 (Mikael Haggstrom)",
        about="fundus of a healthy left eye, colour, 1411 x 1411",
    ),
    _skimage(
        "rocket.jpg",
        "c2dd0de7c538df8d111e479619b129464d0269d0ae5fd18ca91d33a7fdfea95c",
        licence="public domain (SpaceX)",
        about="launch of a Falcon 9, colour, 427 x 640",
    ),
    _skimage(
        "text.png",
        "bd84aa3a6e3c9887850d45d606c96b2e59433fbef50338570b63c319e668e6d1",
        licence="public domain (Wikipedia, File:Corner.png)",
        about="handwriting on lined paper, grey, 172 x 448",
    ),
    _sklearn(
        "china.jpg",
        "8378025ad2519d649d02e32bd98990db4ab572357d9f09841c2fbfbb4fefad29",
        licence="CC-BY-2.0 (danielbuechele on Flickr)",
        about="the Summer Palace in Beijing, colour, 427 x 640",
    ),
    _sklearn(
        "flower.jpg",
        "a77f6ec41e353afdf8bdff2ea981b2955535d8d83294f8cfa49cf4e423dd5638",
        licence="CC-BY-2.0 (vultilion on Flickr)",
        about="a dahlia, colour, 427 x 640",
    ),
)
"""Eighteen real photographs, textures and microscopy among them, 4.1 MB in all."""
