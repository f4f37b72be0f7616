// The host that runs the component: what the contract imports. The bundler takes this file for
// components and `fake.js` for everything else.

import * as ownColumns from "switchyard:plugin/own-columns@0.1.0";
import * as request from "switchyard:plugin/request@0.1.0";
import * as state from "switchyard:plugin/state@0.1.0";

export { write } from "switchyard:plugin/log@0.1.0";
export { ownColumns, request, state };
