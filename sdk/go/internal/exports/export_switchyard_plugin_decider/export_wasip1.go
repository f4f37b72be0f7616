// Package export_switchyard_plugin_decider is what the generated export of this name calls.
package export_switchyard_plugin_decider

import (
	"switchyard/internal/call"
	"switchyard/internal/guest"
)

func init() {
	call.Stages = append(call.Stages, guest.Decider)
}

// Decide is the contract's decide.
func Decide(profile string, picked []uint32, inputs []float64) call.Result[bool] {
	call.Begin()
	defer call.End()
	return call.Answer(guest.Installed.Decide(call.Text(profile), picked, inputs))
}
