package main

import (
	"slices"
	"testing"

	"switchyard"
	"switchyard/switchyardtest"
)

func TestDrainedEndpointsGo(t *testing.T) {
	for settings, want := range map[string][]uint32{
		`{}`:                    {0, 2},
		`{"drainLabel": "old"}`: {0, 1},
	} {
		plugin := switchyardtest.New(t, definition, settings)
		err := plugin.EndpointsChanged(
			switchyardtest.Endpoint(0),
			switchyardtest.Endpoint(1, switchyard.Label{Key: "drain", Value: "true"}),
			switchyardtest.Endpoint(2, switchyard.Label{Key: "drain", Value: "false"}, switchyard.Label{Key: "old", Value: "true"}),
		)
		if err != nil {
			t.Fatal(err)
		}
		if kept, err := plugin.Keep(0, 1, 2); err != nil || !slices.Equal(kept, want) {
			t.Errorf("%s: found %v, %v, expected %v", settings, kept, err, want)
		}
	}
}
