// Package hostlog writes lines to the host's log, marked with the plugin's name. Past 64 KiB a call they are
// dropped. In tests they are kept for switchyardtest.Log.
package hostlog

import "switchyard/internal/host"

// Debug is for whoever looks into the plugin.
func Debug(message string) {
	host.Log(host.Debug, message)
}

// Info is worth knowing, and nothing to do about.
func Info(message string) {
	host.Log(host.Info, message)
}

// Warn says that something is wrong and the plugin goes on.
func Warn(message string) {
	host.Log(host.Warn, message)
}

// Error says that the plugin cannot do what it is there for.
func Error(message string) {
	host.Log(host.Error, message)
}
