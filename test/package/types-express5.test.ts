import { describeConsumers } from './consumer-matrix.ts';

describeConsumers(5);
