"""Why a model answers as it does: which inputs it relies on, and what each adds to one answer."""
