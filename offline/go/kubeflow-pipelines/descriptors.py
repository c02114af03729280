"""Write the KFP wheels' protocol descriptors as one FileDescriptorSet: descriptors.py FILE."""

import importlib.util
import sys
from pathlib import Path

from google.protobuf import descriptor_pb2
from kfp.pipeline_spec import pipeline_spec_pb2


def with_dependencies(file, found):
    """Add a file descriptor to `found` after those that it imports."""
    for dependency in file.dependencies:
        with_dependencies(dependency, found)
    found[file.name] = file


# kfp.kubernetes cannot be imported without the SDK: load the one module by its path
kubernetes = (
    Path(pipeline_spec_pb2.__file__).parents[1] / "kubernetes/kubernetes_executor_config_pb2.py"
)
spec = importlib.util.spec_from_file_location("kubernetes_executor_config_pb2", kubernetes)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)

files = {}
with_dependencies(pipeline_spec_pb2.DESCRIPTOR, files)
with_dependencies(module.DESCRIPTOR, files)
output = descriptor_pb2.FileDescriptorSet()
for file in files.values():
    file.CopyToProto(output.file.add())
Path(sys.argv[1]).write_bytes(output.SerializeToString())
