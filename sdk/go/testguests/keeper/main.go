// A plugin that keeps every string it is ever given, together with a fingerprint, and says at each call how many of
// them changed since. None may: the SDK copies what the host writes, because that lives only during a call.
//
// Its scorer answers that number as the score of the first endpoint, and the share of strings kept of 2^20 as the
// score of the second; each other call looks at what it is given.
package main

import (
	"hash/maphash"

	"switchyard"
	"switchyard/component"
	"switchyard/exposition"
	"switchyard/state"
)

// Kept strings end the test's memory otherwise; the oldest are looked at no more.
const most = 1 << 16

type kept struct {
	text        string
	fingerprint uint64
}

type rule struct {
	seed  maphash.Seed
	kept  []kept
	total uint64
}

func (rule *rule) keep(texts ...string) {
	for _, text := range texts {
		one := kept{text, maphash.String(rule.seed, text)}
		if len(rule.kept) < most {
			rule.kept = append(rule.kept, one)
		} else {
			rule.kept[rule.total%most] = one
		}
		rule.total++
	}
}

// changed counts those of a slice of the kept strings that are not what they were, another slice at each call.
func (rule *rule) changed() (count int) {
	const slice = 256
	from := int(rule.total) * slice % max(1, len(rule.kept))
	for _, one := range rule.kept[from:min(from+slice, len(rule.kept))] {
		if maphash.String(rule.seed, one.text) != one.fingerprint {
			count++
		}
	}
	return count
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
	scores[0] = float64(rule.changed())
	if len(scores) > 1 {
		scores[1] = float64(rule.total) / (1 << 20)
	}
	return nil
}

func (rule *rule) Plan() ([]switchyard.Fetch, error) {
	fetch := switchyard.Fetch{Name: "metrics", Scheme: "http", Path: "/metrics", Columns: []switchyard.Column{"custom/kept"}}
	return []switchyard.Fetch{fetch}, nil
}

func (rule *rule) Parse(answer switchyard.Answer) ([]switchyard.Sample, error) {
	for series := range exposition.Read(answer.Body) {
		rule.keep(series.Name, string(series.Labels))
	}
	return []switchyard.Sample{{Values: []float64{float64(rule.changed())}}}, nil
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
	component.Export(switchyard.Definition[switchyard.NoSettings]{
		Name:    "keeper",
		Version: "0.1.0",
		Summary: "Keeps every string it was given and counts those that changed",
		New: func(switchyard.NoSettings) (switchyard.Plugin, error) {
			return &rule{seed: maphash.MakeSeed()}, nil
		},
	})
}

func main() {}
