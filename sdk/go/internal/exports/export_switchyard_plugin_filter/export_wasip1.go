// Package export_switchyard_plugin_filter is what the generated export of this name calls.
package export_switchyard_plugin_filter

import (
	"switchyard/internal/call"
	"switchyard/internal/guest"
)

func init() {
	call.Stages = append(call.Stages, guest.Filter)
}

// Keep is the contract's keep.
func Keep(rows []uint32, inputs []float64) call.Result[[]uint32] {
	call.Begin()
	defer call.End()
	return call.Answer(guest.Installed.Keep(rows, inputs))
}
