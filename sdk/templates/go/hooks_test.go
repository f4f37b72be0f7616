package main

import (
	"slices"
	"testing"

	"switchyard"
	"switchyard/switchyardtest"
)

func TestTheFirstEndpointIsNamed(t *testing.T) {
	check := func(settings string, taken []uint32, want ...switchyard.Header) {
		t.Helper()
		plugin := switchyardtest.New(t, definition, settings)
		peers := map[string][]uint32{"": taken}
		plugin.SetRequest(switchyardtest.Request{Peers: peers})
		if err := plugin.EndpointsChanged(switchyardtest.Endpoint(0), switchyardtest.Endpoint(1)); err != nil {
			t.Fatal(err)
		}
		if headers, err := plugin.ResponseStarted(200); err != nil || !slices.Equal(headers, want) {
			t.Errorf("%s, %v: found %v, %v, expected %v", settings, taken, headers, err, want)
		}
	}
	check(`{}`, []uint32{1, 0}, switchyard.Header{Name: "x-served-by", Value: "pod-1"})
	check(`{}`, nil)
	check(`{}`, []uint32{9})
	check(`{"header": "x-pod"}`, []uint32{0}, switchyard.Header{Name: "x-pod", Value: "pod-0"})
}
