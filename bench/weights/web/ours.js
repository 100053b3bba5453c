// The wallet's own code.

import start, { hash, ready, seal_alone, seal_file, seal_memory } from "./weights_bench.js";
import { answer, plainBytes } from "./bytes.js";

await start();
answer({
  async hash({ total }) {
    const plain = plainBytes();
    return () => hash(plain, total);
  },
  async alone({ total }) {
    const plain = plainBytes();
    return () => seal_alone(plain, total);
  },
  async memory({ total }) {
    const plain = plainBytes();
    const pass = await ready(false);
    return () => seal_memory(pass, plain, total);
  },
  async file({ keep }, file) {
    const pass = await ready(keep);
    return () => seal_file(pass, file);
  },
});
