// Defines `<soma-connect>` as soon as it is loaded: `import "soma-wallet/connector/element"`.

import { defineSomaConnect } from "./soma_connect.js";

export { SomaConnect, defineSomaConnect } from "./soma_connect.js";

defineSomaConnect();
