// The request at hand, as the host tells it during a call. Each reading asks the host.

import { request as host } from "#host";

import { Fault } from "./faults.js";

/** The most that crosses as a number of 32 bits here. */
const MOST = 0x7fff_ffff;

export const request = Object.freeze({
  get id() {
    return host.id();
  },
  get path() {
    return host.path();
  },
  get model() {
    return host.model();
  },
  get targetModel() {
    return host.targetModel();
  },
  header(name) {
    return host.header(String(name));
  },
  body(offset = 0, length = MOST) {
    return host.body(offset, Math.min(length, MOST));
  },
  get profile() {
    return host.profile();
  },
  get profiles() {
    return host.profiles();
  },
  peers(profile) {
    return host.peers(String(profile));
  },
  get nowMs() {
    return host.nowMs();
  },
  get seed() {
    // The engine makes a number of it, which holds 53 of its bits.
    return BigInt(host.seed());
  },
});

/** The configuration's only profile, for handlers that run one whatever its name. */
export function onlyProfile() {
  const profiles = host.profiles();
  if (profiles.length !== 1) {
    throw Fault.cannotAnswer(
      `found ${profiles.length} profiles (${profiles.join(", ")}), expected one: ` +
        "configure a profile handler for several",
    );
  }
  return profiles[0];
}
