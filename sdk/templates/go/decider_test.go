package main

import (
	"math"
	"testing"

	"switchyard"
	"switchyard/switchyardtest"
)

func TestLongPromptsAreAgreedTo(t *testing.T) {
	check := func(settings string, tokens float64, want bool) {
		t.Helper()
		plugin := switchyardtest.New(t, definition, settings)
		plugin.Scalar(switchyard.ScalarPromptTokens, tokens)
		if agrees, err := plugin.Decide("prefill", 0); err != nil || agrees != want {
			t.Errorf("%s, %v tokens: found %v, %v, expected %v", settings, tokens, agrees, err, want)
		}
	}
	check(`{}`, 255, false)
	check(`{}`, 256, true)
	check(`{"minPromptTokens": 10}`, 11, true)
	check(`{}`, math.NaN(), false)
}
