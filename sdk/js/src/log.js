// Lines for the host's log, marked with the plugin's name.

import { write } from "#host";

export function debug(message) {
  write("debug", String(message));
}

export function info(message) {
  write("info", String(message));
}

export function warn(message) {
  write("warn", String(message));
}

export function error(message) {
  write("error", String(message));
}
