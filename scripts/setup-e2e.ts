/** Builds and installs what the end-to-end tests need, so that the time it takes is a step of its own. */
import { ensureControlPlane } from './build-control-plane.ts';
import { ensureCheckers } from './install-checkers.ts';
import { ensureMetricsLinter } from './install-metrics-linter.ts';
import { ensureMoto } from './install-moto.ts';

const report = (line: string) => console.log(`[setup] ${line}`);
await ensureMoto(report);
await ensureCheckers(report);
await ensureMetricsLinter(report);
await ensureControlPlane(report);
