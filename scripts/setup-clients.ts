/** Builds the clients that `npm run test:clients` asks, so that the time it takes is a step of its own. */
import { ensureClients } from './build-clients.ts';

await ensureClients((line) => console.log(`[setup] ${line}`));
