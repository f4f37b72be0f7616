// Package export_switchyard_plugin_hooks is what the generated export of this name calls.
package export_switchyard_plugin_hooks

import (
	"go.bytecodealliance.org/pkg/wit/types"

	"switchyard"
	"switchyard/internal/bindings/switchyard_plugin_types"
	"switchyard/internal/call"
	"switchyard/internal/guest"
)

func init() {
	call.Stages = append(call.Stages, guest.Hooks)
}

// Picked is the contract's picked.
func Picked(decision switchyard_plugin_types.Decision, inputs []float64) call.Result[[]switchyard_plugin_types.Header] {
	call.Begin()
	defer call.End()
	headers, err := guest.Installed.Picked(switchyard.Decision{
		Primary: call.Text(decision.Primary),
		Targets: call.Each(decision.Targets, func(target switchyard_plugin_types.Target) switchyard.Target {
			return switchyard.Target{Row: target.Row, Port: target.Port}
		}),
		SetHeaders: call.Each(decision.SetHeaders, func(header switchyard_plugin_types.Header) switchyard.Header {
			return switchyard.Header{Name: call.Text(header.Name), Value: call.Text(header.Value)}
		}),
	}, inputs)
	return call.Answer(call.Headers(headers), err)
}

// ResponseStarted is the contract's response-started.
func ResponseStarted(status uint16) call.Result[[]switchyard_plugin_types.Header] {
	call.Begin()
	defer call.End()
	headers, err := guest.Installed.ResponseStarted(status)
	return call.Answer(call.Headers(headers), err)
}

// ResponseEnded is the contract's response-ended.
func ResponseEnded(ended switchyard_plugin_types.Ended) call.Result[types.Unit] {
	call.Begin()
	defer call.End()
	return call.Done(guest.Installed.ResponseEnded(switchyard.Ended{
		Ending:           switchyard.Ending(ended.Ending),
		Status:           ended.Status,
		PromptTokens:     ended.PromptTokens,
		CachedTokens:     ended.CachedTokens,
		CompletionTokens: ended.CompletionTokens,
		FirstTokenMs:     ended.FirstTokenMs,
		TotalMs:          ended.TotalMs,
	}))
}
