/** Builds and installs what the end-to-end tests need, so that the time it takes is a step of its own. */
import { ensureControlPlane } from './build-control-plane.ts';
import { ensureCheckers } from './install-checkers.ts';
import { ensureMoto } from './install-moto.ts';
import { ensurePromtool } from './install-promtool.ts';

const report = (line: string) => console.log(`[setup] ${line}`);
await ensureMoto(report);
await ensureCheckers(report);
await ensurePromtool(report);
await ensureControlPlane(report);
