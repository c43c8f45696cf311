import { describeConsumers } from './consumer-matrix.ts';

describeConsumers(4);
