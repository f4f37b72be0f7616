// Package export_switchyard_plugin_lifecycle is what the generated export of this name calls.
package export_switchyard_plugin_lifecycle

import (
	"go.bytecodealliance.org/pkg/wit/types"

	"switchyard"
	"switchyard/internal/bindings/switchyard_plugin_types"
	"switchyard/internal/call"
	"switchyard/internal/guest"
)

// Describe is the contract's describe.
func Describe() switchyard_plugin_types.About {
	call.Begin()
	defer call.End()
	about := guest.Installed.About()
	return switchyard_plugin_types.About{
		Name:           about.Name,
		Version:        about.Version,
		Summary:        about.Summary,
		SettingsSchema: about.SettingsSchema,
	}
}

// Configure is the contract's configure.
func Configure(settings string) types.Result[switchyard_plugin_types.Needs, []switchyard_plugin_types.Diagnostic] {
	call.Begin()
	defer call.End()
	needs, mistakes := guest.Installed.Configure(call.Text(settings), call.Stages)
	if len(mistakes) > 0 {
		return types.Err[switchyard_plugin_types.Needs](call.Each(mistakes, diagnostic))
	}
	return types.Ok[switchyard_plugin_types.Needs, []switchyard_plugin_types.Diagnostic](switchyard_plugin_types.Needs{
		Columns:    inputs(needs.Columns, needs.OptionalColumns),
		Scalars:    inputs(needs.Scalars, needs.OptionalScalars),
		OwnColumns: needs.OwnColumns,
		Capabilities: call.Each(needs.Capabilities, func(capability switchyard.Capability) string {
			return string(capability)
		}),
	})
}

// EndpointsChanged is the contract's endpoints-changed.
func EndpointsChanged(_ uint64, endpoints []switchyard_plugin_types.Endpoint) call.Result[types.Unit] {
	call.Begin()
	defer call.End()
	return call.Done(guest.Installed.EndpointsChanged(call.Endpoints(endpoints)))
}

func diagnostic(mistake switchyard.Diagnostic) switchyard_plugin_types.Diagnostic {
	return switchyard_plugin_types.Diagnostic{Path: mistake.Path, Message: mistake.Message}
}

// inputs are names in the order in which switchyard.Needs looks for them.
func inputs[N ~string](required, optional []N) []switchyard_plugin_types.Input {
	list := make([]switchyard_plugin_types.Input, 0, len(required)+len(optional))
	for _, name := range required {
		list = append(list, switchyard_plugin_types.Input{Name: string(name), Required: true})
	}
	for _, name := range optional {
		list = append(list, switchyard_plugin_types.Input{Name: string(name)})
	}
	return list
}
