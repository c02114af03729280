# The local cluster, and what a real one needs.
CLUSTER ?= flight-delays

.PHONY: up status down preflight

up: .venv/ready ## make the local cluster and bring it to the newest commit: make up [CLUSTER=name]
	@clusters/kind/up $(CLUSTER)
	@$(SLIPWAY) up $(CLUSTER)

status: .venv/ready ## what runs in the cluster, and whether it is what Git says: make status [WHERE=context]
	@$(SLIPWAY) status $(filter-out local,$(WHERE))

down: ## remove the local cluster with all that is in it
	@clusters/kind/down $(CLUSTER)

preflight: .venv/ready ## what is still missing for a real cluster: make preflight [WHERE=context]
	@$(SLIPWAY) preflight $(filter-out local,$(WHERE))
