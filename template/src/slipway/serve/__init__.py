"""The model server: Open Inference Protocol v2 and a typed business route."""
