MLFLOW_LOCK := image/requirements.txt

define LOCK_IMAGES
@$(LOCK) --output-file=image/requirements.txt --constraint=requirements/dev.txt --extra=serve --extra=train --group=pipelines pyproject.toml image/requirements.in
endef
