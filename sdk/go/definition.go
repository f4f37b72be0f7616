package switchyard

import (
	"errors"
	"reflect"
)

// Definition says who a plugin is and how it begins.
//
// S holds the settings: a struct whose fields are bools, strings, numbers, slices, maps by string, pointers (for
// what may be left out) or such structs again. A field's name in the settings is that of its `json` tag, and its
// `doc` tag explains it to who writes a configuration. Fields that S does not have are refused.
type Definition[S any] struct {
	// The type name as configurations write it, such as "queue-scorer".
	Name string
	// The plugin's version.
	Version string
	// One sentence for lists and tables.
	Summary string
	// What holds where a configuration says nothing.
	Defaults S
	// New makes the plugin, or says all that is wrong with its settings: [Mistake] or [Diagnostics].
	New func(settings S) (Plugin, error)
}

// NoSettings are the settings of a plugin that takes none.
type NoSettings struct{}

// About is what a plugin says of itself.
type About struct {
	Name    string
	Version string
	Summary string
	// JSON Schema (draft 2020-12) of the settings.
	SettingsSchema string
}

// About says who the plugin is.
func (definition Definition[S]) About() About {
	return About{
		Name:           definition.Name,
		Version:        definition.Version,
		Summary:        definition.Summary,
		SettingsSchema: schema(reflect.ValueOf(definition.Defaults)),
	}
}

// Configure makes a plugin of settings in JSON.
func (definition Definition[S]) Configure(settings string) (Plugin, Diagnostics) {
	values := definition.Defaults
	if mistakes := readSettings(settings, reflect.ValueOf(&values).Elem()); len(mistakes) > 0 {
		return nil, mistakes
	}
	plugin, err := definition.New(values)
	if err != nil {
		var mistakes Diagnostics
		if !errors.As(err, &mistakes) {
			mistakes = Diagnostics{{Message: err.Error()}}
		}
		return nil, mistakes
	}
	return plugin, nil
}
