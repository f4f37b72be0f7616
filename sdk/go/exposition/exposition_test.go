package exposition

import (
	"math"
	"testing"
)

// same is equality that holds for NaN.
func same(one, other float64) bool {
	return one == other || math.IsNaN(one) && math.IsNaN(other)
}

func TestLinesBecomeSeries(t *testing.T) {
	none := math.NaN()
	for text, want := range map[string]Series{
		"up 1":                                {"up", "", 1, none},
		"  up\t1.5  ":                         {"up", "", 1.5, none},
		"up 1\r":                              {"up", "", 1, none},
		`up{a="b"} 3 1395066363000`:           {"up", `a="b"`, 3, 1395066363000},
		"up{} +Inf":                           {"up", "", math.Inf(1), none},
		"up NaN":                              {"up", "", math.NaN(), none},
		"up 1e999":                            {"up", "", math.Inf(1), none},
		`up{a="}\"}"} 2`:                      {"up", `a="}\"}"`, 2, none},
		`up_bucket{le="1"} 7 # {t="x"} 0.5`:   {"up_bucket", `le="1"`, 7, none},
		"# HELP up Whether it is up.\nup 4\n": {"up", "", 4, none},
	} {
		var found []Series
		for series := range Read([]byte(text)) {
			found = append(found, series)
		}
		if len(found) != 1 {
			t.Errorf("%q: found %+v, expected one series", text, found)
			continue
		}
		one := found[0]
		if one.Name != want.Name || one.Labels != want.Labels || !same(one.Value, want.Value) || !same(one.Timestamp, want.Timestamp) {
			t.Errorf("%q: found %+v, expected %+v", text, one, want)
		}
	}
}

func TestOtherLinesArePassedOver(t *testing.T) {
	for _, text := range []string{
		"", "# HELP up Whether it is up.", "up", "up x", `up{a="b" 1`, "up 1 yesterday", `{a="b"} 1`,
	} {
		for series := range Read([]byte(text)) {
			t.Errorf("%q: found %+v, expected none", text, series)
		}
	}
}

func TestReadingCanEndEarly(t *testing.T) {
	for series := range Read([]byte("a 1\nb 2\n")) {
		if series.Name != "a" {
			t.Errorf("found %+v, expected a alone", series)
		}
		break
	}
}

func TestWhatWasReadMayBeKept(t *testing.T) {
	body := []byte(`up{a="b"} 1`)
	var kept Series
	for series := range Read(body) {
		kept = series
	}
	clear(body)
	if value, _ := kept.Labels.Get("a"); kept.Name != "up" || value != "b" {
		t.Errorf("found %q and %q, expected up and b", kept.Name, value)
	}
}

func TestLabelsAreUnescaped(t *testing.T) {
	check := func(labels Labels, name, want string, wantFound bool) {
		t.Helper()
		if value, found := labels.Get(name); value != want || found != wantFound {
			t.Errorf("%s: found %q, %v, expected %q, %v", labels, value, found, want, wantFound)
		}
	}
	check(`a="1",b="2"`, "b", "2", true)
	check(`a = "1" , b="2",`, "b", "2", true)
	check(`a="x,b=y",b="2"`, "b", "2", true)
	check(`a="say \"hi\"\n\\ \t"`, "a", "say \"hi\"\n\\ \\t", true)
	check(`ab="1"`, "a", "", false)
	check(`a=1`, "a", "", false)
	check(`a="1`, "a", "", false)
	check(``, "a", "", false)
}
