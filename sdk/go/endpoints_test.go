package switchyard_test

import (
	"math"
	"slices"
	"testing"

	"switchyard"
	"switchyard/switchyardtest"
)

func TestColumnsAndScalarsAreFoundByName(t *testing.T) {
	needs := switchyard.Needs{
		Columns:         []switchyard.Column{switchyard.ColumnWaitingRequests},
		OptionalColumns: []switchyard.Column{switchyard.ColumnKvCacheUsage, "custom/gpu-temperature"},
		Scalars:         []switchyard.Scalar{switchyard.ScalarPromptTokens},
		OptionalScalars: []switchyard.Scalar{switchyard.ScalarBlockTokens},
	}
	inputs := []float64{1, 2, 0.25, 0.5, 61, 62, 300, 16}
	endpoints := switchyard.NewEndpoints([]uint32{4, 7}, inputs, &needs)
	if endpoints.Len() != 2 || !slices.Equal(endpoints.Rows(), []uint32{4, 7}) {
		t.Errorf("found %d rows, %v", endpoints.Len(), endpoints.Rows())
	}
	for column, want := range map[switchyard.Column][]float64{
		switchyard.ColumnWaitingRequests: {1, 2},
		switchyard.ColumnKvCacheUsage:    {0.25, 0.5},
		"custom/gpu-temperature":         {61, 62},
	} {
		if found := endpoints.Column(column); !slices.Equal(found, want) {
			t.Errorf("%s: found %v, expected %v", column, found, want)
		}
	}
	for scalar, want := range map[switchyard.Scalar]float64{
		switchyard.ScalarPromptTokens: 300,
		switchyard.ScalarBlockTokens:  16,
	} {
		if found := endpoints.Scalar(scalar); found != want {
			t.Errorf("%s: found %v, expected %v", scalar, found, want)
		}
	}
}

func TestAnUndeclaredNameIsUnknownAndLogged(t *testing.T) {
	switchyardtest.New(t, definition, "{}")
	endpoints := switchyard.NewEndpoints([]uint32{0, 1}, nil, &switchyard.Needs{})
	switchyardtest.Close(t, endpoints.Column(switchyard.ColumnLoraMax), math.NaN(), math.NaN())
	if found := endpoints.Scalar(switchyard.ScalarStream); !math.IsNaN(found) {
		t.Errorf("found %v, expected NaN", found)
	}
	want := []string{
		"error: the plugin read `lora-max`, which its needs do not name",
		"error: the plugin read `stream`, which its needs do not name",
	}
	if found := switchyardtest.Log(); !slices.Equal(found, want) {
		t.Errorf("found %q, expected %q", found, want)
	}
}

func TestValuesAreFoundByRow(t *testing.T) {
	endpoints := []switchyard.Endpoint{switchyardtest.Endpoint(5), switchyardtest.Endpoint(2)}
	names := switchyard.ResolvePerRow(endpoints, func(endpoint switchyard.Endpoint) string { return endpoint.Name })
	for row, want := range map[uint32]string{2: "pod-2", 5: "pod-5", 0: "", 6: ""} {
		if found, known := names.Get(row); found != want || known != (want != "") {
			t.Errorf("row %d: found %q, %v, expected %q", row, found, known, want)
		}
	}
	if _, known := (switchyard.PerRow[int]{}).Get(0); known {
		t.Error("the zero value knows row 0")
	}
}

func TestLabelsAreFoundByKey(t *testing.T) {
	endpoint := switchyardtest.Endpoint(0, switchyard.Label{Key: "drain", Value: ""}, switchyard.Label{Key: "price", Value: "3"})
	for _, check := range []struct {
		key, value string
		found      bool
	}{{"drain", "", true}, {"price", "3", true}, {"other", "", false}} {
		if value, found := endpoint.Label(check.key); value != check.value || found != check.found {
			t.Errorf("%s: found %q, %v", check.key, value, found)
		}
	}
}

func TestAnIPv6AddressIsBracketed(t *testing.T) {
	for address, want := range map[string]string{"10.0.0.7": "10.0.0.7:8000", "2001:db8::7": "[2001:db8::7]:8000"} {
		endpoint := switchyardtest.Endpoint(0)
		endpoint.Address = address
		if found := endpoint.HostPort(); found != want {
			t.Errorf("found %s, expected %s", found, want)
		}
	}
}
