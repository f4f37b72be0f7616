// One answer that the host fetched.

import { Fault } from "./faults.js";
import { decodeText } from "./text.js";

export class Answer {
  constructor(fetch, row, status, elapsedMs, body) {
    this.fetch = fetch;
    this.row = row;
    this.status = status;
    this.elapsedMs = elapsedMs;
    this.body = body;
  }

  text() {
    try {
      return decodeText(this.body);
    } catch {
      throw Fault.cannotAnswer("the answer is not text in UTF-8");
    }
  }
}
