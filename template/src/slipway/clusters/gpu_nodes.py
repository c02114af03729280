"""What the values of a cluster say about its nodes with GPUs: one cloud, two pools."""

from typing import Annotated

from pydantic import model_validator

from .document import Part
from .forms import Text, entries, whole, written

Gpus = Annotated[int, whole("GPUs")]
Zones = Annotated[list[Text], entries("zone")]
Family = Annotated[str, written(r"[gp]\d[a-z0-9-]*", "a family of EC2 with NVIDIA's GPUs: g6, p5")]
Size = Annotated[str, written(r"Standard_N[CDV]\w+", "a size of Azure's N series: Standard_NC...")]
MachineFamily = Annotated[str, written(r"[a-z]\d[a-z]?", "a family of Google's, such as g2")]
GpuType = Annotated[str, written(r"nvidia-[a-z0-9-]+", "a type of Google's, such as nvidia-l4")]
Image = Annotated[str, written(r"bottlerocket@v\d+\.\d+\.\d+", "bottlerocket@ and a version")]


class AwsPool(Part):
    """Families of EC2, and how many GPUs the pool has at most."""

    families: Annotated[list[Family], entries("family")]
    gpus_maximum: Gpus


class Aws(Part):
    """What Karpenter makes nodes of."""

    discovery: Text
    image: Image
    role: Text
    zones: Zones
    training: AwsPool
    inference: AwsPool


class AzurePool(Part):
    """Sizes of virtual machines, and how many GPUs the pool has at most."""

    sizes: Annotated[list[Size], entries("size")]
    gpus_maximum: Gpus


class Azure(Part):
    """What AKS makes nodes of."""

    zones: Zones
    training: AzurePool
    inference: AzurePool


class GcpPool(Part):
    """Machine family, type of its GPUs, and how many of them a node has."""

    family: MachineFamily
    gpu: GpuType
    gpus: Gpus


class Gcp(Part):
    """What GKE makes nodes of."""

    zones: Zones
    training: GcpPool
    inference: GcpPool


class GpuNodes(Part):
    """Nodes of one cloud."""

    aws: Aws | None = None
    azure: Azure | None = None
    gcp: Gcp | None = None

    @model_validator(mode="after")
    def _is_one_cloud(self) -> "GpuNodes":
        if sum(cloud is not None for cloud in (self.aws, self.azure, self.gcp)) != 1:
            raise ValueError("write one cloud below it: aws, azure or gcp")
        return self

    @property
    def training_maximum(self) -> int | None:
        """How many GPUs the pool of trainings has at most, where its own kind says it."""
        cloud = self.aws or self.azure
        return cloud.training.gpus_maximum if cloud else None
