// The program of whoever needs keys and transactions and nothing more. The client's has all names of it.

import * as names from "./wasm/keys.js";
import { offer, Program } from "./programs.js";

offer(new Program(names, new URL("./wasm/keys_bg.wasm", import.meta.url)));
