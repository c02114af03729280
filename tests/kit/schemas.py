"""Hold objects against their schemas, strictly: Kubernetes' own and those that CRDs define."""

import copy
import functools
from collections.abc import Iterable
from typing import Any

import jsonschema
import kubernetes_validate

Object = dict[str, Any]
Validators = dict[tuple[str, str], jsonschema.Draft7Validator]

KUBERNETES = "1.36"
kubernetes_validate.utils.schema_contents = functools.cache(  # 4 MB that it reads for each object
    kubernetes_validate.utils.schema_contents
)


def validators(crds: Iterable[Object]) -> Validators:
    """Return what judges each apiVersion and kind that the CRDs define."""
    found: Validators = {}
    for spec in (crd["spec"] for crd in crds):
        for version in spec["versions"]:
            schema = _closed(copy.deepcopy(version["schema"]["openAPIV3Schema"]), root=True)
            key = f"{spec['group']}/{version['name']}", spec["names"]["kind"]
            found[key] = jsonschema.Draft7Validator(schema)
    return found


def _closed(schema: Any, root: bool = False) -> Any:
    """Forbid fields that the schema does not name, as a strict API server does."""
    if not isinstance(schema, dict):
        return schema
    if schema.pop("x-kubernetes-int-or-string", False):
        schema["type"] = ["integer", "string"]
    if schema.pop("nullable", False) and isinstance(schema.get("type"), str):
        schema["type"] = [schema["type"], "null"]
    for name, child in schema.get("properties", {}).items():
        if not (root and name == "metadata"):
            _closed(child)
    _closed(schema.get("items"))
    _closed(schema.get("additionalProperties"))
    if "properties" in schema and not schema.get("x-kubernetes-preserve-unknown-fields"):
        schema.setdefault("additionalProperties", False)
    return schema


def problem(item: Object, known: Validators) -> str | None:
    """Say what is wrong with an object, or that its kind is unknown; None when it is valid."""
    key = item["apiVersion"], item["kind"]
    if key in known:
        error = next(iter(known[key].iter_errors(item)), None)
        return f"{error.json_path}: {error.message[:200]}" if error else None
    try:
        kubernetes_validate.validate(item, KUBERNETES, strict=True)
    except kubernetes_validate.SchemaNotFoundError:
        return f"nobody defines {key[0]} {key[1]}"
    except kubernetes_validate.ValidationError as error:
        return f"{'.'.join(map(str, error.path))}: {str(error.message)[:200]}"
    return None
