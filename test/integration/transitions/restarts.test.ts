import { crashSuite } from './crash-suite.ts';

// After is in test/chaos: what it adds to these is the answer that got lost, at twice the time.
crashSuite('Before');
