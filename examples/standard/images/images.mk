MLFLOW_LOCK := images/mlflow/requirements.txt

define LOCK_IMAGES
@$(LOCK) --output-file=images/mlflow/requirements.txt images/mlflow/requirements.in
@$(LOCK) --output-file=images/serve/requirements.txt --constraint=requirements/dev.txt --extra=serve pyproject.toml
@$(LOCK) --output-file=images/pipeline/requirements.txt --constraint=requirements/dev.txt --override=requirements/overrides.in --extra=serve --extra=train --group=pipelines --group=tests pyproject.toml
endef
