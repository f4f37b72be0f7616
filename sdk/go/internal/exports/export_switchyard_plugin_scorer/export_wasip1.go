// Package export_switchyard_plugin_scorer is what the generated export of this name calls.
package export_switchyard_plugin_scorer

import (
	"switchyard/internal/call"
	"switchyard/internal/guest"
)

func init() {
	call.Stages = append(call.Stages, guest.Scorer)
}

// Score is the contract's score.
func Score(rows []uint32, inputs []float64) call.Result[[]float64] {
	call.Begin()
	defer call.End()
	return call.Answer(guest.Installed.Score(rows, inputs))
}
