//go:build !wasip1

// Package switchyardtest stands in for the host, so that a plugin's rules are tested as ordinary Go.
//
//	plugin := switchyardtest.New(t, definition, `{"fullAt": 4}`)
//	plugin.Column(switchyard.ColumnWaitingRequests, 1, 3)
//	scores, err := plugin.Score()
//
// It configures a plugin as the host would and lays out the numbers by its needs: a column the test does not
// give is NaN, and one the plugin did not declare never arrives. There is one stand-in at a time, so tests that
// use it do not run in parallel.
package switchyardtest

import (
	"math"
	"testing"

	"switchyard"
	"switchyard/internal/guest"
	"switchyard/internal/host"
)

// Definition is a switchyard.Definition, whatever its settings.
type Definition = guest.Definition

// Request is what a switchyard.Request answers.
type Request = host.Request

// Plugin is a configured plugin and the numbers the host would give it.
type Plugin struct {
	guest   *guest.Guest
	needs   switchyard.Needs
	columns map[switchyard.Column][]float64
	scalars map[switchyard.Scalar]float64
}

// New configures a plugin with settings in JSON, of which it must not find fault. The stand-in for the host
// begins anew.
func New(t testing.TB, definition Definition, settings string) *Plugin {
	t.Helper()
	host.Current = host.NewFake()
	configured := guest.New(definition)
	needs, mistakes := configured.Configure(settings, nil)
	if len(mistakes) > 0 {
		t.Fatalf("the settings %s are refused: %v", settings, mistakes)
	}
	return &Plugin{
		guest:   configured,
		needs:   needs,
		columns: map[switchyard.Column][]float64{},
		scalars: map[switchyard.Scalar]float64{},
	}
}

// Refused gives what is wrong with settings that the plugin must refuse.
func Refused(t testing.TB, definition Definition, settings string) switchyard.Diagnostics {
	t.Helper()
	host.Current = host.NewFake()
	_, mistakes := guest.New(definition).Configure(settings, nil)
	if len(mistakes) == 0 {
		t.Fatalf("the settings %s are accepted, expected mistakes", settings)
	}
	return mistakes
}

// Needs are the needs it declared.
func (plugin *Plugin) Needs() switchyard.Needs {
	return plugin.needs
}

// SetRequest makes switchyard.Request answer about this request.
func (plugin *Plugin) SetRequest(request Request) {
	host.Current.Request = request
}

// Column gives a column; its values are those of rows 0, 1, 2 and so on.
func (plugin *Plugin) Column(column switchyard.Column, values ...float64) {
	plugin.columns[column] = values
}

// Scalar gives a scalar.
func (plugin *Plugin) Scalar(scalar switchyard.Scalar, value float64) {
	plugin.scalars[scalar] = value
}

// EndpointsChanged tells the plugin of endpoints.
func (plugin *Plugin) EndpointsChanged(endpoints ...switchyard.Endpoint) error {
	return plugin.guest.EndpointsChanged(endpoints)
}

// rows gives rows 0, 1, 2 and so on, as many as the longest column has values.
func (plugin *Plugin) rows() []uint32 {
	length := 0
	for _, values := range plugin.columns {
		length = max(length, len(values))
	}
	return count(length)
}

func count(length int) []uint32 {
	rows := make([]uint32, length)
	for at := range rows {
		rows[at] = uint32(at)
	}
	return rows
}

// inputs lays out the numbers of rows as the host does.
func (plugin *Plugin) inputs(rows []uint32) []float64 {
	var inputs []float64
	for _, columns := range [][]switchyard.Column{plugin.needs.Columns, plugin.needs.OptionalColumns} {
		for _, column := range columns {
			values := plugin.columns[column]
			for _, row := range rows {
				value := math.NaN()
				if int(row) < len(values) {
					value = values[row]
				}
				inputs = append(inputs, value)
			}
		}
	}
	for _, scalars := range [][]switchyard.Scalar{plugin.needs.Scalars, plugin.needs.OptionalScalars} {
		for _, scalar := range scalars {
			value, given := plugin.scalars[scalar]
			if !given {
				value = math.NaN()
			}
			inputs = append(inputs, value)
		}
	}
	return inputs
}
