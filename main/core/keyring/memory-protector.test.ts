import { systemRandom } from '../crypto/random.ts';
import { type MemoryKeys, memoryProtector } from './memory-protector.fixture.ts';
import { protectorConformance } from './protector.conformance.ts';

protectorConformance('memory', async () => {
  const memory: MemoryKeys = { keys: new Map(), anchors: new Map() };
  const make = () => memoryProtector(memory, systemRandom);
  return { wrapping: make, later: make, input: {}, keepsKey: true };
});
