// Package export_switchyard_plugin_profile_handler is what the generated export of this name calls.
package export_switchyard_plugin_profile_handler

import (
	"switchyard"
	"switchyard/internal/bindings/switchyard_plugin_types"
	"switchyard/internal/call"
	"switchyard/internal/guest"
)

func init() {
	call.Stages = append(call.Stages, guest.ProfileHandler)
}

// Next is the contract's next.
func Next(done []switchyard_plugin_types.ProfileResult, inputs []float64) call.Result[[]switchyard_plugin_types.Step] {
	call.Begin()
	defer call.End()
	steps, err := guest.Installed.Next(call.Each(done, result), inputs)
	return call.Answer(call.Each(steps, step), err)
}

// Decide is the contract's decide.
func Decide(done []switchyard_plugin_types.ProfileResult, inputs []float64) call.Result[switchyard_plugin_types.Decision] {
	call.Begin()
	defer call.End()
	decision, err := guest.Installed.Decision(call.Each(done, result), inputs)
	return call.Answer(call.Decision(decision), err)
}

func result(result switchyard_plugin_types.ProfileResult) switchyard.ProfileResult {
	return switchyard.ProfileResult{
		Profile: call.Text(result.Profile),
		Outcome: switchyard.Outcome(result.Outcome),
		Rows:    result.Rows,
		Totals:  result.Totals,
	}
}

func step(step switchyard.Step) switchyard_plugin_types.Step {
	return switchyard_plugin_types.Step{Profile: step.Profile, Gate: step.Gate}
}
