// Package host is what a plugin can ask the host: in a component the contract's imports, elsewhere a
// stand-in that tests fill.
//
// Strings that come out of it may be kept for good: those of the host are copied, because they live only
// during a call.
package host

// Level is how much a line of the log matters.
type Level uint8

// The levels, in the contract's order.
const (
	Debug Level = iota
	Info
	Warn
	Error
)
