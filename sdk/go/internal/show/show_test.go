package show

import (
	"errors"
	"math"
	"testing"
	"time"
)

func TestValuesAreWrittenForPeople(t *testing.T) {
	type name string
	for _, check := range []struct {
		value any
		want  string
	}{
		{nil, "null"},
		{true, "true"},
		{"a\n", `"a\n"`},
		{name("a"), `"a"`},
		{-3, "-3"},
		{uint8(3), "3"},
		{0.1, "0.1"},
		{float32(0.1), "0.1"},
		{math.NaN(), "NaN"},
		{errors.New("broken"), "broken"},
		{2 * time.Second, "2s"},
		{[]int{1}, "a []int"},
	} {
		if found := Value(check.value); found != check.want {
			t.Errorf("found %s, expected %s", found, check.want)
		}
	}
}
