// Package guest takes the contract's calls to a plugin's methods, in a component and in tests alike.
package guest

import (
	"errors"
	"reflect"

	"switchyard"
)

// Definition is a switchyard.Definition, whatever its settings.
type Definition interface {
	About() switchyard.About
	Configure(settings string) (switchyard.Plugin, switchyard.Diagnostics)
}

// Stage is something a component can be, as one of its exports.
type Stage struct {
	// The contract's name for it.
	Name string
	// What a plugin must have for it.
	Methods string
	// Whether a plugin has it.
	In func(plugin switchyard.Plugin) bool
}

// Guest is one instance of a plugin.
type Guest struct {
	definition Definition
	needs      switchyard.Needs
	plugin     methods
}

// New is an instance that was not configured.
func New(definition Definition) *Guest {
	return &Guest{definition: definition}
}

// Installed is the instance that a component is.
var Installed = New(nothing{})

// About says who the plugin is.
func (guest *Guest) About() switchyard.About {
	return guest.definition.About()
}

// Configure makes the plugin. It must have the methods of each of the stages.
func (guest *Guest) Configure(settings string, stages []Stage) (switchyard.Needs, switchyard.Diagnostics) {
	plugin, mistakes := guest.definition.Configure(settings)
	if len(mistakes) > 0 {
		return switchyard.Needs{}, mistakes
	}
	for _, stage := range stages {
		if !stage.In(plugin) {
			mistakes = append(mistakes, switchyard.Diagnostic{Message: "the component is a " + stage.Name + ", but " +
				reflect.TypeOf(plugin).String() + " has no method " + stage.Methods +
				"; write it, or take the stage out of plugin.toml"})
		}
	}
	if len(mistakes) > 0 {
		return switchyard.Needs{}, mistakes
	}
	guest.plugin, guest.needs = methodsOf(plugin), plugin.Needs()
	return guest.needs, nil
}

// EndpointsChanged tells a plugin of endpoints, if it wants to know.
func (guest *Guest) EndpointsChanged(endpoints []switchyard.Endpoint) error {
	if guest.plugin.watcher == nil {
		return nil
	}
	return guest.plugin.watcher.EndpointsChanged(endpoints)
}

func (guest *Guest) endpoints(rows []uint32, inputs []float64) switchyard.Endpoints {
	return switchyard.NewEndpoints(rows, inputs, &guest.needs)
}

// What a call comes to that must not have been made.
var errNotThere = errors.New("the plugin was not configured, or has no method for this stage")

// nothing is the definition where there is none.
type nothing struct{}

func (nothing) About() switchyard.About {
	return switchyard.About{Summary: "a component that did not call component.Export"}
}

func (nothing) Configure(string) (switchyard.Plugin, switchyard.Diagnostics) {
	return nil, switchyard.Diagnostics{{Message: "the component has no plugin; its main package calls component.Export in `func init`"}}
}
