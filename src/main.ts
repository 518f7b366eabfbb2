import { enableCompileCache } from 'node:module';

enableCompileCache(); // a second start of the same sources is a tenth of a second faster
const { runProgram } = await import('./cli/run-program.ts');
process.exitCode = await runProgram(process.argv.slice(2));
