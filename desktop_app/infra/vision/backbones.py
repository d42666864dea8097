"""Further embedding models that the application knows but does not ship.

Each is used from a weights file the user has, or downloaded when the user asks for it. Where
the publisher gives no checksum, the hash is recorded at the first installation. The figures in
the summaries are of the published papers, not ours.
"""

from __future__ import annotations

from desktop_app.domain.model_cards import ModelCard, Preprocessing

DEFAULT_MODEL = "efficientnet-lite2-products"

_HUB = "https://huggingface.co/timm"
_IMAGENET = Preprocessing(side=224, mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))
_HALVES = Preprocessing(side=224, mean=(0.5, 0.5, 0.5), std=(0.5, 0.5, 0.5))
_CLIP = Preprocessing(
    side=224,
    mean=(0.48145466, 0.4578275, 0.40821073),
    std=(0.26862954, 0.26130258, 0.27577711),
)

KNOWN_BACKBONES: tuple[ModelCard, ...] = (
    ModelCard(
        name="resnet50-imagenet",
        title="ResNet-50",
        summary="The usual yardstick of product search; long vectors.",
        architecture="resnet50",
        preprocessing=_IMAGENET,
        dimension=2048,
        licence="BSD-3-Clause",
        commercial_use=True,
        licence_note="Trained on ImageNet-1k, whose pictures are for research; weights by PyTorch.",
        origin="torchvision, ResNet50_Weights.IMAGENET1K_V2",
        source_url="https://download.pytorch.org/models/resnet50-11ad3fa6.pth",
        # The publisher puts the first digits of the hash into the file's name.
        source_sha256="11ad3fa6",
        download_mb=98,
    ),
    ModelCard(
        name="dino-vits16",
        title="DINO ViT-S/16",
        summary="Trained without labels; good at telling single objects apart.",
        architecture="vit_small_patch16_224",
        preprocessing=_IMAGENET,
        dimension=384,
        licence="Apache-2.0",
        commercial_use=True,
        origin="timm, vit_small_patch16_224.dino (Caron et al., 2021)",
        source_url=f"{_HUB}/vit_small_patch16_224.dino/resolve/"
        "32cfef19bd9f65f1513a5068dc02e80de99388f7/model.safetensors",
        download_mb=87,
    ),
    ModelCard(
        name="dinov2-vits14",
        title="DINOv2 ViT-S/14",
        summary="Trained without labels; strong on shape and parts, weak on product identity.",
        architecture="vit_small_patch14_dinov2",
        preprocessing=_IMAGENET,
        dimension=384,
        licence="Apache-2.0",
        commercial_use=True,
        origin="timm, vit_small_patch14_dinov2.lvd142m (Oquab et al., 2023)",
        source_url=f"{_HUB}/vit_small_patch14_dinov2.lvd142m/resolve/"
        "cace07adb9220de26eb51226ecbef6d04d35defe/model.safetensors",
        download_mb=88,
    ),
    ModelCard(
        name="clip-vitb32-openai",
        title="CLIP ViT-B/32",
        summary="Trained on pictures and captions; knows kinds of things and brand names.",
        # OpenAI's weights were trained with this approximation of GELU.
        architecture="vit_base_patch32_clip_quickgelu_224",
        preprocessing=_CLIP,
        head_size=512,
        dimension=512,
        licence="MIT",
        commercial_use=True,
        licence_note=(
            "The licence allows commercial use; OpenAI's model card nevertheless calls any "
            "deployed use out of scope without testing in its own field."
        ),
        origin="OpenAI CLIP, image tower (Radford et al., 2021), as kept by timm",
        source_url=f"{_HUB}/vit_base_patch32_clip_224.openai/resolve/"
        "ab5b8ef490e86faa07d3523926b842c765de1de5/open_clip_model.safetensors",
        download_mb=605,
    ),
    ModelCard(
        name="siglip-vitb16",
        title="SigLIP ViT-B/16",
        summary="Trained on pictures and captions with a newer loss; the slowest of these.",
        architecture="vit_base_patch16_siglip_224",
        preprocessing=_HALVES,
        dimension=768,
        licence="Apache-2.0",
        commercial_use=True,
        origin="timm, vit_base_patch16_siglip_224.webli (Zhai et al., 2023)",
        source_url=f"{_HUB}/vit_base_patch16_siglip_224.webli/resolve/main/model.safetensors",
        download_mb=372,
    ),
)
