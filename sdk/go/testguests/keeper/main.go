// A plugin that keeps every string it is ever given, together with a fingerprint, and looks at each call whether one
// of them changed since. None may: the SDK copies what the host writes, because that lives only during a call.
//
// Its scorer answers 1 for the first endpoint if one changed, else 0, and with the setting `tell` for the second the
// share it kept of as many as it can keep. Its scraper answers whether one changed as `custom/changed`.
package main

import (
	"hash/maphash"

	"switchyard"
	"switchyard/component"
	"switchyard/exposition"
	"switchyard/state"
)

// So many are kept; then each takes the place of the oldest, so that memory stays flat.
const most = 1 << 16

type kept struct {
	text        string
	fingerprint uint64
}

type settings struct {
	Tell bool `json:"tell"`
}

type rule struct {
	settings settings
	seed     maphash.Seed
	kept     []kept
	// How many were given, and where it looked last.
	given, looked int
}

func (rule *rule) keep(texts ...string) {
	for _, text := range texts {
		one := kept{text, maphash.String(rule.seed, text)}
		if len(rule.kept) < most {
			rule.kept = append(rule.kept, one)
		} else {
			rule.kept[rule.given%most] = one
		}
		rule.given++
	}
}

// changed is 1 if a string is not what it was, else 0. It looks at some of them, at others with each call.
func (rule *rule) changed() float64 {
	const some = 256
	rule.looked = (rule.looked + some) % max(some, len(rule.kept))
	for _, one := range rule.kept[min(rule.looked, len(rule.kept)):min(rule.looked+some, len(rule.kept))] {
		if maphash.String(rule.seed, one.text) != one.fingerprint {
			return 1
		}
	}
	return 0
}

func (rule *rule) keepRequest(request switchyard.Request) {
	rule.keep(request.ID(), request.Path(), request.Model(), request.TargetModel(), request.Profile())
	rule.keep(request.Profiles()...)
	header, _ := request.Header("x-request-id")
	rule.keep(header, string(request.Body(0, 64)))
	if value, found := state.Get(request.ID()); found {
		rule.keep(string(value))
	}
}

func (rule *rule) Needs() switchyard.Needs {
	return switchyard.Needs{
		Capabilities: []switchyard.Capability{switchyard.CapabilityBody, switchyard.CapabilityState},
	}
}

func (rule *rule) EndpointsChanged(endpoints []switchyard.Endpoint) error {
	for _, endpoint := range endpoints {
		rule.keep(endpoint.ID, endpoint.Name, endpoint.Namespace, endpoint.Address)
		for _, label := range endpoint.Labels {
			rule.keep(label.Key, label.Value)
		}
	}
	return nil
}

func (rule *rule) Score(request switchyard.Request, _ switchyard.Endpoints, scores []float64) error {
	rule.keepRequest(request)
	if len(scores) > 0 {
		scores[0] = rule.changed()
	}
	if len(scores) > 1 && rule.settings.Tell {
		scores[1] = float64(len(rule.kept)) / most
	}
	return nil
}

func (rule *rule) Plan() ([]switchyard.Fetch, error) {
	fetch := switchyard.Fetch{Name: "metrics", Scheme: "http", Path: "/metrics", Columns: []switchyard.Column{"custom/changed"}}
	return []switchyard.Fetch{fetch}, nil
}

func (rule *rule) Parse(answer switchyard.Answer) ([]switchyard.Sample, error) {
	for series := range exposition.Read(answer.Body) {
		rule.keep(series.Name, string(series.Labels))
	}
	return []switchyard.Sample{{Values: []float64{rule.changed()}}}, nil
}

func (rule *rule) Next(_ switchyard.Request, done []switchyard.ProfileResult, _ switchyard.Endpoints) ([]switchyard.Step, error) {
	for _, result := range done {
		rule.keep(result.Profile)
	}
	return nil, nil
}

func (rule *rule) Decision(_ switchyard.Request, done []switchyard.ProfileResult, _ switchyard.Endpoints) (switchyard.Decision, error) {
	for _, result := range done {
		rule.keep(result.Profile)
	}
	return switchyard.DecisionOf(done[0]), nil
}

func (rule *rule) Picked(request switchyard.Request, decision switchyard.Decision, _ switchyard.Endpoints) ([]switchyard.Header, error) {
	rule.keep(decision.Primary)
	for _, header := range decision.SetHeaders {
		rule.keep(header.Name, header.Value)
	}
	return nil, state.Set(request.ID(), []byte(decision.Primary), 1000)
}

func init() {
	component.Export(switchyard.Definition[settings]{
		Name:    "keeper",
		Version: "0.1.0",
		Summary: "Keeps every string it was given and counts those that changed",
		New: func(settings settings) (switchyard.Plugin, error) {
			return &rule{settings: settings, seed: maphash.MakeSeed()}, nil
		},
	})
}

func main() {}
