package call

import (
	"errors"
	"regexp"
	"testing"
)

// caught gives what is said of a panic.
func caught(do func()) (said string) {
	defer func() { said = describe(recover()) }()
	do()
	return ""
}

func TestAPanicSaysWhatHappened(t *testing.T) {
	var none []int
	for _, check := range []struct {
		do   func()
		want string
	}{
		{func() { panic("out of ideas") }, `^panic: out of ideas `},
		{func() { panic(errors.New("broken")) }, `^panic: broken`},
		{func() { none[len(none)] = 1 }, `^panic: runtime error: index out of range \[0\] with length 0`},
	} {
		if found := caught(check.do); !regexp.MustCompile(check.want).MatchString(found) {
			t.Errorf("found %s, expected %s", found, check.want)
		}
	}
}

func TestPlacesOfThePluginAreToldFromOthers(t *testing.T) {
	for function, want := range map[string]bool{
		"main.(*rule).Score":                   true,
		"fair/prices.Of":                       true,
		"runtime.gopanic":                      false,
		"internal/abi.f":                       false,
		"switchyard.Endpoints.Column":          false,
		"switchyard/internal/guest.(*Guest).S": false,
		"":                                     false,
	} {
		if found := ofPlugin(function); found != want {
			t.Errorf("%s: found %v, expected %v", function, found, want)
		}
	}
}

func TestAPanicSaysWhereItWas(t *testing.T) {
	// This package is not a plugin's, so the innermost such place is that of the test runner.
	if found := caught(func() { panic("here") }); !regexp.MustCompile(`^panic: here \(testing\.go:\d+\)$`).MatchString(found) {
		t.Errorf("found %s", found)
	}
}
