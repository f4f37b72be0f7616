package switchyard_test

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"

	"switchyard"
	"switchyard/switchyardtest"
)

// settings has one of each kind of setting.
type settings struct {
	FullAt  float64           `json:"fullAt" doc:"A number; \"above\" 0."`
	Retries uint8             `json:"retries"`
	Offset  int32             `json:"offset"`
	Label   string            `json:"label"`
	Strict  bool              `json:"strict"`
	Limit   *int              `json:"limit"`
	Names   []string          `json:"names"`
	Prices  map[string]string `json:"prices"`
	Steps   []step            `json:"steps"`
	First   step              `json:"first"`
	Bare    string
	hidden  int
}

type step struct {
	Weight float64 `json:"weight"`
}

// plugin is a plugin that only has settings.
type plugin struct{ settings settings }

func (plugin) Needs() switchyard.Needs {
	return switchyard.Needs{}
}

var definition = switchyard.Definition[settings]{
	Name:     "tested",
	Version:  "1.2.3",
	Summary:  "A plugin to test with",
	Defaults: settings{FullAt: 10, Label: "drain", Names: []string{"a"}, First: step{Weight: 2}, hidden: 7},
	New: func(settings settings) (switchyard.Plugin, error) {
		if settings.FullAt <= 0 {
			return nil, switchyard.Mistake("fullAt", settings.FullAt, "a number above 0")
		}
		if settings.Label == "" {
			return nil, errors.New("there must be a label")
		}
		return plugin{settings}, nil
	},
}

func TestWhatIsNotGivenIsTheDefault(t *testing.T) {
	check := func(text string, want settings) {
		t.Helper()
		made, mistakes := definition.Configure(text)
		if len(mistakes) > 0 {
			t.Errorf("%s: found %v", text, mistakes)
		} else if found := made.(plugin).settings; !reflect.DeepEqual(found, want) {
			t.Errorf("%s: found %+v, expected %+v", text, found, want)
		}
	}
	check("{}", definition.Defaults)
	limit := 3
	check(`{"fullAt": 1.5, "retries": 255, "offset": -2e0, "label": "x", "strict": true, "limit": 3.0, "names": [],
		"prices": {"a": "1"}, "steps": [{}, {"weight": 1}], "first": {}, "bare": "b"}`, settings{
		FullAt: 1.5, Retries: 255, Offset: -2, Label: "x", Strict: true, Limit: &limit, Names: []string{},
		Prices: map[string]string{"a": "1"}, Steps: []step{{}, {1}}, First: step{2}, Bare: "b", hidden: 7,
	})
	made, _ := definition.Configure(`{"names": ["b"]}`)
	if made.(plugin).settings.Names[0] != "b" || definition.Defaults.Names[0] != "a" {
		t.Errorf("the defaults became %v", definition.Defaults.Names)
	}
}

func TestMistakesHaveAPath(t *testing.T) {
	check := func(text string, want ...string) {
		t.Helper()
		found := switchyardtest.Refused(t, definition, text).Error()
		if expected := strings.Join(want, "; "); found != expected {
			t.Errorf("%s: found\n%s\nexpected\n%s", text, found, expected)
		}
	}
	check(`{"fullAt": "much"}`, `fullAt: found "much", expected a number`)
	check(`{"fullAt": 0}`, `fullAt: found 0, expected a number above 0`)
	check(`{"label": ""}`, `there must be a label`)
	check(`{"retries": -1}`, `retries: found -1, expected a whole number from 0 to 255`)
	check(`{"retries": 256}`, `retries: found 256, expected a whole number from 0 to 255`)
	check(`{"offset": 1.5}`, `offset: found 1.5, expected a whole number from -2147483648 to 2147483647`)
	check(`{"offset": 1e300}`, `offset: found 1e300, expected a whole number from -2147483648 to 2147483647`)
	check(`{"label": 7, "strict": null}`, `label: found 7, expected a text`, `strict: found null, expected true or false`)
	check(`{"names": {}, "prices": [], "first": 1}`,
		`names: found an object, expected a list`, `prices: found a list, expected an object`,
		`first: found 1, expected an object`)
	check(`{"prices": {"a": 1}}`, `prices.a: found 1, expected a text`)
	check(`{"steps": [{"weight": 1}, {"weight": "much"}]}`, `steps[1].weight: found "much", expected a number`)
	check(`{"first": {"wait": 1}}`, "first.wait: unknown field `wait`, expected `weight`")
	check(`{"hidden": 1}`, "hidden: unknown field `hidden`, expected `fullAt`, `retries`, `offset`, `label`, "+
		"`strict`, `limit`, `names`, `prices`, `steps`, `first`, `bare`")
	check(`{`, `the settings are no JSON: expected a name in quotes at byte 1`)
	check(`[]`, `found a list, expected an object`)
}

func TestTheSchemaIsWritten(t *testing.T) {
	const want = `{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Settings",
		"type": "object", "additionalProperties": false, "properties": {
			"fullAt": {"description": "A number; \"above\" 0.", "type": "number", "default": 10},
			"retries": {"type": "integer", "minimum": 0, "maximum": 255, "default": 0},
			"offset": {"type": "integer", "minimum": -2147483648, "maximum": 2147483647, "default": 0},
			"label": {"type": "string", "default": "drain"},
			"strict": {"type": "boolean", "default": false},
			"limit": {"anyOf": [{"type": "integer", "minimum": -9223372036854775808, "maximum": 9223372036854775807},
				{"type": "null"}], "default": null},
			"names": {"type": "array", "items": {"type": "string"}, "default": ["a"]},
			"prices": {"type": "object", "additionalProperties": {"type": "string"}, "default": {}},
			"steps": {"type": "array", "items": {"type": "object", "additionalProperties": false,
				"properties": {"weight": {"type": "number"}}}, "default": []},
			"first": {"type": "object", "additionalProperties": false,
				"properties": {"weight": {"type": "number", "default": 2}}},
			"bare": {"type": "string", "default": ""}
		}
	}`
	about := definition.About()
	var found, expected any
	if err := json.Unmarshal([]byte(about.SettingsSchema), &found); err != nil {
		t.Fatalf("%s: %v", about.SettingsSchema, err)
	}
	if err := json.Unmarshal([]byte(want), &expected); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(found, expected) {
		t.Errorf("found %s", about.SettingsSchema)
	}
	if about.Name != "tested" || about.Version != "1.2.3" || about.Summary != "A plugin to test with" {
		t.Errorf("found %+v", about)
	}
}

func TestAPluginMayTakeNoSettings(t *testing.T) {
	none := switchyard.Definition[switchyard.NoSettings]{
		New: func(switchyard.NoSettings) (switchyard.Plugin, error) { return plugin{}, nil },
	}
	switchyardtest.New(t, none, "{}")
	found := switchyardtest.Refused(t, none, `{"a": 1}`).Error()
	if want := "a: unknown field `a`, expected none"; found != want {
		t.Errorf("found %s, expected %s", found, want)
	}
}

func TestATypeThatSettingsCannotHoldIsAMistakeOfTheAuthor(t *testing.T) {
	check := func(definition switchyardtest.Definition) {
		t.Helper()
		defer func() {
			if recover() == nil {
				t.Error("nothing happened, expected a panic")
			}
		}()
		definition.About()
	}
	check(switchyard.Definition[struct{ Channel chan int }]{})
	check(switchyard.Definition[struct{ ByNumber map[int]string }]{})
}
