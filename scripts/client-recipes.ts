/** What the tests of other people's clients build from source. A change here makes a new cache. */
import type { GoProgram } from './go-program.ts';

/** Oldest Go that compiles all of them: the `go` line of helm's go.mod. */
export const MINIMUM_GO = { major: 1, minor: 26 };

/** Waits by kstatus since version 4. */
export const HELM: GoProgram = {
  name: 'helm',
  module: 'helm.sh/helm/v4',
  version: 'v4.3.1',
  mainPackage: 'helm.sh/helm/v4/cmd/helm',
};

/** The part of Flux that applies and waits, with the definitions of what it watches. */
export const KUSTOMIZE_CONTROLLER: GoProgram = {
  name: 'kustomize-controller',
  module: 'github.com/fluxcd/kustomize-controller',
  version: 'v1.9.6',
  mainPackage: 'github.com/fluxcd/kustomize-controller',
  manifests: [
    { module: 'github.com/fluxcd/kustomize-controller', version: 'v1.9.6', folder: 'config/crd/bases' },
    { module: 'github.com/fluxcd/source-controller', version: 'v1.9.0', folder: 'config/crd/bases' },
  ],
};

/**
 * What Argo CD's API server and application controller say of one object: its own settings, health and action code over a
 * given `argocd-cm`. The whole program cannot be built from its module, which lacks the web pages. Later versions need a
 * module that no proxy serves; how they run Lua is the same in 3.5.7.
 */
export const ARGO_CD: GoProgram = {
  name: 'argo-cd-verdict',
  module: 'github.com/argoproj/argo-cd/v3',
  version: 'v3.2.12',
  main: `package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/argoproj/argo-cd/v3/util/lua"
	"github.com/argoproj/argo-cd/v3/util/settings"
	"github.com/argoproj/gitops-engine/pkg/health"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes/fake"
)

// Read from standard input, as JSON.
type question struct {
	// argocd-cm as it stands in the cluster.
	ConfigMap *corev1.ConfigMap
	// The live object.
	Object map[string]any
	// Name of the action to perform; empty: health and the actions on offer are told.
	Action string
}

func main() {
	answer, err := answerQuestion()
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(answer)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answerQuestion() (map[string]any, error) {
	var asked question
	if err := json.NewDecoder(os.Stdin).Decode(&asked); err != nil {
		return nil, err
	}
	overrides, err := overridesOf(asked.ConfigMap)
	if err != nil {
		return nil, err
	}
	object := &unstructured.Unstructured{Object: asked.Object}
	vm := lua.VM{ResourceOverrides: overrides}
	if asked.Action != "" {
		action, err := vm.GetResourceAction(object, asked.Action)
		if err != nil {
			return nil, err
		}
		changed, err := vm.ExecuteResourceAction(object, action.ActionLua, nil)
		if err != nil {
			return nil, err
		}
		if len(changed) != 1 || changed[0].K8SOperation != lua.PatchOperation {
			return nil, fmt.Errorf("the action does not patch its own object alone")
		}
		return map[string]any{"changed": changed[0].UnstructuredObj.Object}, nil
	}
	verdict, err := health.GetResourceHealth(object, lua.ResourceHealthOverrides(overrides))
	if err != nil {
		return nil, err
	}
	discovery, err := vm.GetResourceActionDiscovery(object)
	if err != nil {
		return nil, err
	}
	actions, err := vm.ExecuteResourceActionDiscovery(object, discovery)
	return map[string]any{"health": verdict, "actions": actions}, err
}

// Argo CD reads its settings from a cluster; this one holds nothing else.
func overridesOf(configMap *corev1.ConfigMap) (lua.ResourceHealthOverrides, error) {
	namespace := configMap.Namespace
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{
		Name: "argocd-secret", Namespace: namespace, Labels: configMap.Labels,
	}}
	client := fake.NewSimpleClientset(configMap, secret)
	return settings.NewSettingsManager(context.Background(), client, namespace).GetResourceOverrides()
}
`,
};
