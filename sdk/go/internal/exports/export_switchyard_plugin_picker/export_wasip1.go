// Package export_switchyard_plugin_picker is what the generated export of this name calls.
package export_switchyard_plugin_picker

import (
	"switchyard/internal/call"
	"switchyard/internal/guest"
)

func init() {
	call.Stages = append(call.Stages, guest.Picker)
}

// Pick is the contract's pick.
func Pick(rows []uint32, totals, inputs []float64) call.Result[[]uint32] {
	call.Begin()
	defer call.End()
	return call.Answer(guest.Installed.Pick(rows, totals, inputs))
}
