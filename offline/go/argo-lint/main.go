// Command argo-lint holds workflows against Argo's own rules, without a cluster: `argo lint --offline --strict`.
package main

import (
	"fmt"
	"os"

	"github.com/argoproj/argo-workflows/v3/cmd/argo/lint"
	"github.com/argoproj/argo-workflows/v3/pkg/apiclient"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run judges every file that it is given; a template may refer to one of another file.
func run(files []string) error {
	ctx, client, err := apiclient.NewClientFromOpts(apiclient.Opts{Offline: true, OfflineFiles: files})
	if err != nil {
		return err
	}
	kinds := []string{"workflows", "workflowtemplates", "cronworkflows"}
	return lint.RunLint(ctx, client, kinds, "simple", true, lint.LintOptions{
		Files:            files,
		Strict:           true,
		DefaultNamespace: "default",
		Printer:          os.Stdout,
	})
}
