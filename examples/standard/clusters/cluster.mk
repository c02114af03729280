# The local cluster, and what a real one needs.
CLUSTER ?= flight-delays

.PHONY: up status down readiness

up: .venv/ready ## make the local cluster and bring it to the newest commit: make up [CLUSTER=name]
	@clusters/kind/up $(CLUSTER)
	@$(SLIPWAY) up $(CLUSTER)

status: .venv/ready ## what runs in the cluster, and whether it is what Git says: make status [WHERE=context]
	@$(SLIPWAY) status $(filter-out local,$(WHERE))

down: ## remove the local cluster with all that is in it
	@clusters/kind/down $(CLUSTER)

readiness: .venv/ready ## what is still missing for a real cluster: make readiness [WHERE=context]
	@$(SLIPWAY) readiness $(filter-out local,$(WHERE))
