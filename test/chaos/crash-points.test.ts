import { crashSuite } from '../integration/transitions/crash-suite.ts';

crashSuite('After');
