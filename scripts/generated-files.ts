import { generateCloudFormation } from './aws-policy/generate-cloudformation.ts';
import { generateTerraform } from './aws-policy/generate-terraform.ts';
import { generateBenchmarksDoc } from './bench/generate-benchmarks-doc.ts';
import { generateArgocdCm } from './generate-argocd-cm.ts';
import { generateBadInputDoc } from './generate-bad-input-doc.ts';
import { generateConditionsDoc } from './generate-conditions-doc.ts';
import { generateCrd } from './generate-crd.ts';
import { generateGrantsDoc } from './generate-grants-doc.ts';
import { generateJsonSchema } from './generate-json-schema.ts';
import { generateManifestDoc } from './generate-manifest-doc.ts';
import { generateServiceReference } from './generate-service-reference.ts';
import { generateTelemetryDoc } from './generate-telemetry-doc.ts';

/** A file that a script writes and nobody edits. */
export interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  /** What must stand in it, to the byte. */
  readonly content: () => string | Promise<string>;
}

/** All of them. `scripts/generate.ts` writes and checks them in this order. */
export const generatedFiles: readonly GeneratedFile[] = [
  { path: 'crds/appaccess.dev_appaccesses.yaml', content: generateCrd },
  { path: 'deploy/argocd/argocd-cm.yaml', content: generateArgocdCm },
  { path: 'deploy/aws/cloudformation.yaml', content: generateCloudFormation },
  { path: 'deploy/aws/terraform/main.tf', content: generateTerraform },
  { path: 'docs/bad-input.md', content: generateBadInputDoc },
  { path: 'docs/benchmarks.md', content: generateBenchmarksDoc },
  { path: 'docs/grants.md', content: generateGrantsDoc },
  { path: 'docs/conditions.md', content: generateConditionsDoc },
  { path: 'docs/manifest.md', content: generateManifestDoc },
  { path: 'docs/telemetry.md', content: generateTelemetryDoc },
  { path: 'schemas/appaccess.dev/appaccess_v1alpha1.json', content: generateJsonSchema },
  { path: 'src/policy/generated/service-reference.json', content: generateServiceReference },
];
