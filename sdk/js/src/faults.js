// How a plugin says no: to a request, and to settings.

/** The plugin says no. Thrown by a stage, it is the call's answer and not a crash. */
export class Fault extends Error {
  constructor(code, message) {
    super(message);
    this.name = "Fault";
    this.code = code;
    // What crosses into the host where this is thrown.
    this.payload = { code, message: this.message };
  }

  static cannotAnswer(message) {
    return new Fault(0, message);
  }

  static refuse(status, message) {
    if (!Number.isInteger(status) || status < 400 || status > 599) {
      throw new RangeError(`found the status ${status}, expected one from 400 to 599`);
    }
    return new Fault(status, message);
  }
}

/** Mistakes in the settings. Thrown by a plugin's `create`, it keeps the plugin from starting. */
export class Diagnostics extends Error {
  constructor() {
    super("");
    this.name = "Diagnostics";
    /** @type {{path: string, message: string}[]} */
    this.list = [];
  }

  static one(path, message) {
    return new Diagnostics().add(path, message);
  }

  add(path, message) {
    this.list.push({ path: String(path), message: String(message) });
    this.message = this.list.map((one) => `${one.path}: ${one.message}`).join("; ");
    return this;
  }

  throwIfAny() {
    if (this.list.length > 0) {
      throw this;
    }
  }
}
