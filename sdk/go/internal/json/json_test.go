package json

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
)

// plain is a value in the types of Go's library.
func plain(value any) any {
	switch value := value.(type) {
	case Number:
		return json.Number(value)
	case []any:
		items := []any{}
		for _, item := range value {
			items = append(items, plain(item))
		}
		return items
	case Object:
		members := map[string]any{}
		for _, member := range value {
			members[member.Name] = plain(member.Value)
		}
		return members
	}
	return value
}

// checkAlike holds the reader against that of Go's library.
func checkAlike(t *testing.T, text string) {
	t.Helper()
	var want any
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	wantErr := decoder.Decode(&want)
	if wantErr == nil && !json.Valid([]byte(text)) {
		wantErr = &syntaxError{what: "the end"}
	}
	found, err := Parse(text)
	if (err == nil) != (wantErr == nil) {
		t.Errorf("%q: found error %v, expected %v", text, err, wantErr)
	} else if err == nil && !reflect.DeepEqual(plain(found), want) {
		t.Errorf("%q: found %#v, expected %#v", text, plain(found), want)
	}
}

var samples = []string{
	`{}`, ` { "a" : 1 , "b":[true,false,null]} `, `[]`, `[[],{}]`, `""`, `"a"`, `0`, `-0`, `10.25e+3`, `1E-2`,
	`{"a":1,"a":2}`, `"\"\\\/\b\f\n\r\t"`, `"\u00e9\u20AC\ud83d\ude00"`, `"\ud83d"`, `"\ud83dx"`, `"\ud83d\u0041"`,
	`"\ude00"`, "\"é€😀\"", "\"\xff\"", "\"\x7f\"",
	``, ` `, `{`, `[`, `"`, `{"a"}`, `{"a":}`, `{"a":1,}`, `{a:1}`, `{"a" 1}`, `[1,]`, `[1 2]`, `[,]`, `01`, `-`, `+1`,
	`1.`, `.5`, `1e`, `1e+`, `tru`, `nul`, `True`, `NaN`, "\"\n\"", `"\x"`, `"\u12"`, `"\u12g4"`, `"\`, `{} x`, `1 2`,
	`"\u+123"`, `"a" "b"`, "{}\x00", "\ufeff{}",
}

func TestItReadsWhatGoReads(t *testing.T) {
	for _, sample := range samples {
		checkAlike(t, sample)
	}
}

func FuzzItReadsWhatGoReads(f *testing.F) {
	for _, sample := range samples {
		f.Add(sample)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Count(text, "[")+strings.Count(text, "{") < deepest {
			checkAlike(t, text)
		}
	})
}

func TestMistakesAreNamedWithTheirPlace(t *testing.T) {
	for text, want := range map[string]string{
		`{"a": }`:                "expected a value at byte 6",
		`{"a": 1`:                "expected `,` or `}` at byte 7",
		`{} x`:                   "expected the end at byte 3",
		strings.Repeat("[", 100): "expected fewer values in one another at byte 64",
	} {
		if _, err := Parse(text); err == nil || err.Error() != want {
			t.Errorf("%s: found %v, expected %s", text, err, want)
		}
	}
}

func TestWrittenStringsAreReadBack(t *testing.T) {
	for _, text := range []string{"", "plain", "\"\\\n\x01\x1f", "é€😀"} {
		var back string
		if err := json.Unmarshal(AppendString(nil, text), &back); err != nil || back != text {
			t.Errorf("%q: found %q, %v", text, back, err)
		}
	}
}
