/** What the end-to-end tests build from source: versions, mains and linker flags. A change here makes a new cache. */
export const KUBERNETES_VERSION = 'v1.36.3';
export const ETCD_VERSION = 'v3.6.8';

/** Oldest Go that compiles {@link KUBERNETES_VERSION}: the `go` line of its go.mod. */
export const MINIMUM_GO = { major: 1, minor: 26 };

/** Programs of the control plane, by the file names that KUBEBUILDER_ASSETS uses. */
export const BINARIES = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kubectl'] as const;
export type Binary = (typeof BINARIES)[number];

/** Go source of each program's main package; each only calls the entry point that the project itself exports. */
export const MAIN_SOURCES: Readonly<Record<Binary, string>> = {
  etcd: `package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
`,
  'kube-apiserver': componentMain('k8s.io/kubernetes/cmd/kube-apiserver/app', 'NewAPIServerCommand'),
  'kube-controller-manager': componentMain(
    'k8s.io/kubernetes/cmd/kube-controller-manager/app',
    'NewControllerManagerCommand',
  ),
  kubectl: `package main

import (
	"k8s.io/component-base/cli"
	"k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
)

func main() {
	if err := cli.RunNoErrOutput(cmd.NewDefaultKubectlCommand()); err != nil {
		util.CheckErr(err)
	}
}
`,
};

/** Linker flags: without the version the server calls itself v0.0.0 and clients complain about the skew. */
export const LINKER_FLAGS = ['-s', '-w', ...versionFlags('component-base'), ...versionFlags('client-go/pkg')].join(' ');

function versionFlags(folder: string): string[] {
  const [, major, minor] = /^v(\d+)\.(\d+)\./.exec(KUBERNETES_VERSION) ?? [];
  const variables = { gitVersion: KUBERNETES_VERSION, gitMajor: major, gitMinor: minor, gitTreeState: 'clean' };
  return Object.entries(variables).map(([name, value]) => `-X k8s.io/${folder}/version.${name}=${value}`);
}

function componentMain(path: string, newCommand: string): string {
  return `package main

import (
	"os"

	"k8s.io/component-base/cli"
	"${path}"
)

func main() { os.Exit(cli.Run(app.${newCommand}())) }
`;
}
