"""The list of commands: what each is for, what it takes, and what it calls."""

from pathlib import Path

from . import boards, calls, costs, experiments, incidents, lines, pages, reviews, scoring
from .command import Command, Options
from .values import day, delay, environment

AS_OF: Options = {"--as-of": {"type": day, "help": "day whose beginning limits what is known"}}
ENV: Options = {"--env": {"type": environment, "required": True, "help": "environment"}}
MONTH = "as 2013-04"
RESULT: Options = {"--result": {"type": Path, "help": "directory for one file a value"}}
ADOPT: Options = {
    "file": {"help": "CSV or Parquet: a path, or a URL such as s3://bucket/rows.parquet"},
    "--time": {"required": True, "help": "column that says when a prediction is wanted"},
    "--outcome": {"required": True, "help": "column to be predicted; empty while not known"},
    "--event": {
        "help": "value of the outcome to be predicted, or several as a,b; else yes or the rarer"
    },
    "--task": {"help": "binary, multiclass or regression; by default the outcome decides"},
    "--key": {"help": "column that tells rows apart; by default one is made"},
    "--replace": {"action": "store_true", "help": "also where the data is your own by now"},
    "--label-delay": {
        "type": delay,
        "default": "1d",
        "help": "after which every outcome is known, as 5d or 12h (default: 1d)",
    },
}

CLUSTER = "a directory in clusters/"
ADD: Options = {"action": {"choices": ["add"], "metavar": "action", "help": "add"}}

COMMANDS = (
    Command("adopt", "use a table of your own instead of the example", calls.adopt, ADOPT),
    Command("demo", "play the months of the data in fast motion", calls.demo),
    Command(
        "train",
        "train and register a candidate",
        calls.train,
        {**AS_OF, "--submit": {"action": "store_true", "help": "in the cluster of KFP_ADDRESS"}},
        anywhere=True,
        traced=True,
        elsewhere=lambda _: ["--submit"],
    ),
    Command(
        "gate",
        "compare the candidate with the champion on the newest labelled rows",
        calls.gate,
        RESULT,
        anywhere=True,
        traced=True,
    ),
    Command(
        "promote",
        "release to an environment by a commit",
        calls.promote,
        {
            "--to": {"type": environment, "required": True, "help": "environment"},
            "--reason": {"default": "", "help": "goes into the commit"},
            "--propose": {"action": "store_true", "help": "commit on a branch, for a review"},
            "--propose-last": {
                "action": "store_true",
                "help": "the same, when it is the last environment",
            },
        },
        anywhere=True,
        traced=True,
    ),
    Command(
        "rollback",
        "take the last release of an environment back by a commit",
        calls.rollback,
        ENV,
        anywhere=True,
        traced=True,
    ),
    Command(
        "serve",
        "serve what an environment has released",
        calls.serve,
        {**ENV, "--port": {"type": int, "default": 8080, "help": "default: 8080"}},
    ),
    Command(
        "replay",
        "send a month of rows through the service of an environment",
        calls.replay,
        {
            "--month": {"required": True, "help": MONTH},
            "--env": {"type": environment, "help": "default: the first"},
            "--url": {"help": "where its service is; by default one is run here"},
        },
        anywhere=True,
        elsewhere=calls.service_address,
    ),
    Command(
        "monitor",
        "watch a month of captured predictions",
        calls.monitor,
        {
            "--month": {"help": f"{MONTH}; by default the newest with labels enough"},
            "--env": {"type": environment, "help": "default: the last"},
            **AS_OF,
            **RESULT,
        },
        anywhere=True,
        traced=True,
    ),
    *scoring.COMMANDS,
    *costs.COMMANDS,
    *lines.COMMANDS,
    Command("model-card", "write docs/model-card.md from a release", calls.model_card, ENV),
    Command(
        "lineage",
        "walk from what an environment serves back to data and code",
        calls.lineage,
        {
            **ENV,
            "--cluster": {"default": "", "help": "whose registry it is, for the commands shown"},
        },
        anywhere=True,
        elsewhere=lambda asked: ["--cluster", asked.where],
    ),
    Command(
        "data-dictionary", "write docs/data-dictionary.md from the schema", calls.data_dictionary
    ),
    *experiments.COMMANDS,
    *incidents.COMMANDS,
    *reviews.COMMANDS,
    *pages.COMMANDS,
    *boards.COMMANDS,
    Command("rules", "write what Prometheus reads of objectives and environments", calls.rules),
    Command(
        "compile",
        "write the pipeline as Kubeflow's manifests",
        calls.compile_pipeline,
        {"--output": {"type": Path, "default": Path("build"), "help": "default: build"}},
    ),
    Command("images", "name the images of the newest commit", calls.images, RESULT),
    Command(
        "up",
        "put the project into a running local cluster",
        calls.up,
        {"cluster": {"help": "name of the cluster"}},
        in_cluster=True,
    ),
    Command(
        "status",
        "what runs in the cluster, and whether it is what Git says",
        calls.status,
        {"cluster": {"nargs": "?", "default": "kind", "help": f"{CLUSTER}; default: kind"}},
        in_cluster=True,
    ),
    Command(
        "bootstrap",
        "install Argo CD and what the projects of a cluster share",
        calls.bootstrap,
        {"cluster": {"help": CLUSTER}},
        in_cluster=True,
    ),
    Command(
        "readiness",
        "what is missing for a cluster, in the order to do it",
        calls.readiness,
        {"cluster": {"nargs": "?", "default": "", "help": f"{CLUSTER}; default: the files of all"}},
        in_cluster=True,
    ),
    Command(
        "manifests",
        "write what Argo CD applies in a cluster into build/manifests",
        calls.manifests,
        {"cluster": {"nargs": "?", "default": "", "help": f"{CLUSTER}; default: all"}},
        in_cluster=True,
    ),
    Command(
        "cluster",
        "add a cluster",
        calls.cluster,
        {**ADD, "name": {"help": "of the directory in clusters/"}},
        in_cluster=True,
    ),
    Command(
        "environment",
        "add an environment",
        calls.environment,
        {
            **ADD,
            "name": {"help": "environment"},
            "--after": {"type": environment, "required": True, "help": "promotes to it"},
        },
        in_cluster=True,
    ),
)
