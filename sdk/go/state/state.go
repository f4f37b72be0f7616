// Package state is a key-value store that all instances of the plugin share and that outlives them.
//
// Needs switchyard.CapabilityState. Entries end after their time to live, or earlier when the plugin's share
// of memory is full: the oldest go first.
package state

import (
	"switchyard"
	"switchyard/internal/host"
)

// Get gives the value of a key, and whether there is one whose time is not over.
func Get(key string) (value []byte, found bool) {
	return host.StateGet(key)
}

// Set keeps a value for ttlMs; 0: for the host's longest time, 24 hours. Key and value together have at most
// 1 MiB.
func Set(key string, value []byte, ttlMs uint32) error {
	code, message, kept := host.StateSet(key, value, ttlMs)
	if !kept {
		return &switchyard.Fault{Code: code, Message: message}
	}
	return nil
}

// Remove forgets a key.
func Remove(key string) {
	host.StateRemove(key)
}
