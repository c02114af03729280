package networkpolicy

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

const tableName = "network-policy"

type state struct {
	pods       []*core.Pod
	namespaces []*core.Namespace
	policies   []*networking.NetworkPolicy
}

// rule is one ingress or egress rule: the pods and networks on the other side, and the ports.
type rule struct {
	peers []networking.NetworkPolicyPeer
	ports []networking.NetworkPolicyPort
}

// direction says how one direction is written: which address is the pod's own, which the peer's.
type direction struct {
	kind      networking.PolicyType
	own, peer string
	rules     func(*networking.NetworkPolicySpec) []rule
}

var directions = []direction{
	{networking.PolicyTypeEgress, "saddr", "daddr", func(spec *networking.NetworkPolicySpec) (rules []rule) {
		for _, egress := range spec.Egress {
			rules = append(rules, rule{egress.To, egress.Ports})
		}
		return rules
	}},
	{networking.PolicyTypeIngress, "daddr", "saddr", func(spec *networking.NetworkPolicySpec) (rules []rule) {
		for _, ingress := range spec.Ingress {
			rules = append(rules, rule{ingress.From, ingress.Ports})
		}
		return rules
	}},
}

// table writes the whole state as an nftables script. An allowed packet returns from the chain of its
// sender and goes on to the chain of its receiver. What the node itself sends, such as probes, always
// reaches its pods; what a pod sends to the node is filtered on the way in.
func (s state) table() string {
	var chains strings.Builder
	maps := map[networking.PolicyType]string{}
	for _, direction := range directions {
		var jumps []string
		for _, pod := range s.sorted() {
			lines, isolated := s.chain(pod, direction)
			if !isolated {
				continue
			}
			name := fmt.Sprintf("%s-%s", strings.ToLower(string(direction.kind)), strings.ReplaceAll(pod.Status.PodIP, ".", "-"))
			jumps = append(jumps, fmt.Sprintf("%s : jump %s", pod.Status.PodIP, name))
			fmt.Fprintf(&chains, "  chain %s {\n%s    drop\n  }\n", name, lines)
		}
		if len(jumps) > 0 {
			maps[direction.kind] = fmt.Sprintf("    ip %s vmap { %s }\n", direction.own, strings.Join(jumps, ", "))
		}
	}
	return fmt.Sprintf(`table inet %[1]s
delete table inet %[1]s
table inet %[1]s {
%[2]s  chain forward {
    type filter hook forward priority filter - 1
    ct state established,related accept
%[3]s%[4]s  }
  chain input {
    type filter hook input priority filter - 1
    ct state established,related accept
%[3]s  }
}
`, tableName, chains.String(), maps[networking.PolicyTypeEgress], maps[networking.PolicyTypeIngress])
}

// sorted lists the pods that have an address of their own, in a stable order.
func (s state) sorted() []*core.Pod {
	var pods []*core.Pod
	for _, pod := range s.pods {
		ended := pod.Status.Phase == core.PodSucceeded || pod.Status.Phase == core.PodFailed
		if pod.Status.PodIP != "" && !pod.Spec.HostNetwork && !ended {
			pods = append(pods, pod)
		}
	}
	slices.SortFunc(pods, func(a, b *core.Pod) int { return strings.Compare(a.Status.PodIP, b.Status.PodIP) })
	return pods
}

// chain writes what a pod may do in one direction, and whether any policy isolates it.
func (s state) chain(pod *core.Pod, direction direction) (lines string, isolated bool) {
	var text strings.Builder
	slices.SortFunc(s.policies, func(a, b *networking.NetworkPolicy) int { return strings.Compare(string(a.UID), string(b.UID)) })
	for _, policy := range s.policies {
		applies := slices.Contains(policy.Spec.PolicyTypes, direction.kind)
		if policy.Namespace != pod.Namespace || !applies || !matches(&policy.Spec.PodSelector, pod.Labels) {
			continue
		}
		isolated = true
		for _, rule := range direction.rules(&policy.Spec) {
			text.WriteString(s.allow(pod, policy.Namespace, rule, direction))
		}
	}
	return text.String(), isolated
}

// allow writes one rule: every kind of peer with every port.
func (s state) allow(pod *core.Pod, namespace string, rule rule, direction direction) string {
	var text strings.Builder
	for _, target := range s.targets(pod, namespace, rule.peers, direction) {
		if len(rule.ports) == 0 {
			fmt.Fprintf(&text, "    %sreturn\n", target.match)
		}
		for _, port := range rule.ports {
			for _, match := range portMatches(port, target.pods) {
				fmt.Fprintf(&text, "    %s%s return\n", target.match, match)
			}
		}
	}
	return text.String()
}

// target is a match for the peer's address, and the pods whose port names count.
type target struct {
	match string
	pods  []*core.Pod
}

func (s state) targets(pod *core.Pod, namespace string, peers []networking.NetworkPolicyPeer, direction direction) []target {
	ingress := direction.kind == networking.PolicyTypeIngress
	if len(peers) == 0 {
		return []target{{"", []*core.Pod{pod}}}
	}
	var found []target
	for _, peer := range peers {
		if peer.IPBlock != nil {
			found = append(found, target{blockMatch(peer.IPBlock, direction.peer), nil})
			continue
		}
		for _, other := range s.selected(peer, namespace) {
			named := other
			if ingress {
				named = pod
			}
			found = append(found, target{fmt.Sprintf("ip %s %s ", direction.peer, other.Status.PodIP), []*core.Pod{named}})
		}
	}
	return found
}

// selected lists the pods that a peer's selectors choose; without a namespace selector, those of the policy's own.
func (s state) selected(peer networking.NetworkPolicyPeer, namespace string) []*core.Pod {
	chosen := map[string]bool{namespace: peer.NamespaceSelector == nil}
	if peer.NamespaceSelector != nil {
		for _, other := range s.namespaces {
			chosen[other.Name] = matches(peer.NamespaceSelector, other.Labels)
		}
	}
	var pods []*core.Pod
	for _, pod := range s.sorted() {
		if chosen[pod.Namespace] && (peer.PodSelector == nil || matches(peer.PodSelector, pod.Labels)) {
			pods = append(pods, pod)
		}
	}
	return pods
}

// blockMatch writes a network and what is cut out of it; IPv6 networks match nothing here.
func blockMatch(block *networking.IPBlock, address string) string {
	prefix, err := netip.ParsePrefix(block.CIDR)
	if err != nil || !prefix.Addr().Is4() {
		return "ip saddr 255.255.255.255 "
	}
	match := fmt.Sprintf("ip %s %s ", address, prefix.Masked())
	if len(block.Except) > 0 {
		match += fmt.Sprintf("ip %s != { %s } ", address, strings.Join(block.Except, ", "))
	}
	return match
}

// portMatches writes a port or a range; a name becomes the number that it has in the pods.
func portMatches(port networking.NetworkPolicyPort, pods []*core.Pod) []string {
	protocol := core.ProtocolTCP
	if port.Protocol != nil {
		protocol = *port.Protocol
	}
	name := strings.ToLower(string(protocol))
	switch {
	case port.Port == nil:
		return []string{"meta l4proto " + name}
	case port.EndPort != nil:
		return []string{fmt.Sprintf("%s dport %d-%d", name, port.Port.IntVal, *port.EndPort)}
	case port.Port.StrVal == "":
		return []string{fmt.Sprintf("%s dport %d", name, port.Port.IntVal)}
	}
	var found []string
	for _, pod := range pods {
		for _, container := range pod.Spec.Containers {
			for _, candidate := range container.Ports {
				if candidate.Name == port.Port.StrVal && candidate.Protocol == protocol {
					found = append(found, fmt.Sprintf("%s dport %d", name, candidate.ContainerPort))
				}
			}
		}
	}
	return found
}

func matches(selector *meta.LabelSelector, set map[string]string) bool {
	compiled, err := meta.LabelSelectorAsSelector(selector)
	return err == nil && compiled.Matches(labels.Set(set))
}
