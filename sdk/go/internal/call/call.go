// Package call holds what all exports of a component do: end well, and turn Go's records into the contract's.
package call

import (
	"runtime"
	"strconv"
	"strings"

	"switchyard/internal/show"
)

// describe says what a panic said, and where in the plugin it was. Called while the panic unwinds.
func describe(reason any) string {
	text, plain := reason.(string)
	if !plain {
		text = show.Value(reason)
	}
	return "panic: " + text + where()
}

// where names the innermost place that is neither Go's nor ours.
func where() string {
	var counters [32]uintptr
	frames := runtime.CallersFrames(counters[:runtime.Callers(0, counters[:])])
	for {
		frame, more := frames.Next()
		if ofPlugin(frame.Function) {
			file := frame.File[strings.LastIndexByte(frame.File, '/')+1:]
			return " (" + file + ":" + strconv.Itoa(frame.Line) + ")"
		}
		if !more {
			return ""
		}
	}
}

func ofPlugin(function string) bool {
	for _, other := range []string{"runtime.", "runtime/", "internal/", "switchyard."} {
		if strings.HasPrefix(function, other) {
			return false
		}
	}
	return function != "" && !strings.HasPrefix(function, "switchyard/")
}
