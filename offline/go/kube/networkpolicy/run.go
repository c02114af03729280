// Package networkpolicy enforces NetworkPolicies on one node: it watches them, the pods and the
// namespaces, and writes what they allow as one nftables table.
package networkpolicy

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	"k8s.io/client-go/tools/clientcmd"
)

const settle = 100 * time.Millisecond

// Run enforces the policies of the cluster that KUBECONFIG names, until it fails.
func Run() error {
	config, err := clientcmd.BuildConfigFromFlags("", os.Getenv("KUBECONFIG"))
	if err != nil {
		return err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return err
	}
	ctx := context.Background()
	factory := informers.NewSharedInformerFactory(client, 0)
	pods := factory.Core().V1().Pods()
	namespaces := factory.Core().V1().Namespaces()
	policies := factory.Networking().V1().NetworkPolicies()
	changed := make(chan struct{}, 1)
	for _, informer := range []cache.SharedIndexInformer{pods.Informer(), namespaces.Informer(), policies.Informer()} {
		if _, err := informer.AddEventHandler(notify(changed)); err != nil {
			return err
		}
	}
	factory.Start(ctx.Done())
	factory.WaitForCacheSync(ctx.Done())

	written := ""
	for range changed {
		time.Sleep(settle)
		var state state
		everything := labels.Everything()
		if state.pods, err = pods.Lister().List(everything); err != nil {
			return err
		}
		if state.namespaces, err = namespaces.Lister().List(everything); err != nil {
			return err
		}
		if state.policies, err = policies.Lister().List(everything); err != nil {
			return err
		}
		rules := state.table()
		if rules == written {
			continue
		}
		if err := load(rules); err != nil {
			return err
		}
		written = rules
	}
	return nil
}

// notify marks a change; marks that nobody has looked at yet are one.
func notify(changed chan<- struct{}) cache.ResourceEventHandler {
	mark := func() {
		select {
		case changed <- struct{}{}:
		default:
		}
	}
	return cache.ResourceEventHandlerFuncs{
		AddFunc:    func(any) { mark() },
		UpdateFunc: func(any, any) { mark() },
		DeleteFunc: func(any) { mark() },
	}
}

// load replaces the table in one transaction.
func load(rules string) error {
	command := exec.Command("nft", "--file", "-")
	command.Stdin = strings.NewReader(rules)
	if output, err := command.CombinedOutput(); err != nil {
		return fmt.Errorf("nft: %w: %s\n%s", err, output, rules)
	}
	return nil
}
