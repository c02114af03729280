# The local cluster, and all others. WHERE is the name of a directory in clusters/.
CLUSTER ?= flight-delays

.PHONY: compile images rules up status down bootstrap readiness preflight manifests cluster environment cost dashboards logs

up: .venv/ready ## make the local cluster and bring it to the newest commit; WHERE=kind then sends the commands of the loop there: make up [CLUSTER=name]
	@clusters/kind/up $(CLUSTER)
	@$(SLIPWAY) up $(CLUSTER)

status: .venv/ready ## what runs in the cluster, and whether it is what Git says: make status [WHERE=kind]
	@$(SLIPWAY) status $(filter-out local,$(WHERE))

down: ## remove the local cluster with all that is in it
	@clusters/kind/down $(CLUSTER)

bootstrap: .venv/ready ## install Argo CD and what the projects of a cluster share: make bootstrap WHERE=production
	@$(SLIPWAY) bootstrap $(filter-out local,$(WHERE))

readiness: .venv/ready ## what is missing for a cluster, in the order to do it; without WHERE, what the files of all lack: make readiness [WHERE=production]
	@$(SLIPWAY) readiness $(filter-out local,$(WHERE))

preflight: readiness ## another name for readiness

manifests: .venv/ready ## write what Argo CD applies in a cluster into build/manifests; without WHERE, for all: make manifests [WHERE=production]
	@$(SLIPWAY) manifests $(filter-out local,$(WHERE))

rules: .venv/ready ## write what Prometheus reads of objectives and environments
	@$(SLIPWAY) rules

cost: .venv/ready ## what training, serving and the rest cost in a cluster: make cost WHERE=kind [DAYS=7|MONTH=2013-04]
	@$(SLIPWAY) cost $(if $(DAYS),--days "$(DAYS)") $(if $(MONTH),--month "$(MONTH)") $(AT)

dashboards: .venv/ready ## draw the dashboards without Grafana: make dashboards WHERE=kind [ENV=prod] [DAYS=7]
	@$(SLIPWAY) dashboards $(if $(ENV),--env "$(ENV)") $(if $(DAYS),--days "$(DAYS)") $(AT)

logs: .venv/ready ## what the programs of a cluster said, newest last: make logs WHERE=kind [RUN=name|REQUEST=id] [LEVEL=error] [COMPONENT=train] [ENV=prod] [SINCE=7d]
	@$(SLIPWAY) logs $(if $(RUN),--run "$(RUN)") $(if $(REQUEST),--request "$(REQUEST)") $(if $(LEVEL),--level "$(LEVEL)") $(if $(COMPONENT),--component "$(COMPONENT)") $(if $(ENV),--env "$(ENV)") $(if $(SINCE),--since "$(SINCE)") $(AT)

cluster: .venv/ready ## add a cluster: make cluster NAME=europe
	@$(SLIPWAY) cluster add "$(NAME)"

environment: .venv/ready ## add an environment: make environment NAME=qa AFTER=dev
	@$(SLIPWAY) environment add "$(NAME)" --after "$(AFTER)"

compile: .venv/ready ## write the pipeline as Kubeflow's manifests into build/
	@$(SLIPWAY) compile

images: .venv/ready ## name the images of the newest commit
	@$(SLIPWAY) images
