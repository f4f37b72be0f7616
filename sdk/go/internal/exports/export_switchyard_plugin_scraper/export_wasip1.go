// Package export_switchyard_plugin_scraper is what the generated export of this name calls.
package export_switchyard_plugin_scraper

import (
	"switchyard"
	"switchyard/internal/bindings/switchyard_plugin_types"
	"switchyard/internal/call"
	"switchyard/internal/guest"
)

func init() {
	call.Stages = append(call.Stages, guest.Scraper)
}

// Plan is the contract's plan.
func Plan() call.Result[[]switchyard_plugin_types.Fetch] {
	call.Begin()
	defer call.End()
	plan, err := guest.Installed.Plan()
	return call.Answer(call.Each(plan, fetch), err)
}

// Parse is the contract's parse.
func Parse(fetch, row uint32, status uint16, elapsedMs uint32, body []uint8) call.Result[[]switchyard_plugin_types.Sample] {
	call.Begin()
	defer call.End()
	samples, err := guest.Installed.Parse(switchyard.Answer{
		Fetch:     fetch,
		Row:       row,
		Status:    status,
		ElapsedMs: elapsedMs,
		Body:      body,
	})
	return call.Answer(call.Each(samples, sample), err)
}

func fetch(fetch switchyard.Fetch) switchyard_plugin_types.Fetch {
	return switchyard_plugin_types.Fetch{
		Name:       fetch.Name,
		Scope:      switchyard_plugin_types.Scope(fetch.Scope),
		Scheme:     fetch.Scheme,
		Port:       fetch.Port,
		Path:       fetch.Path,
		IntervalMs: fetch.IntervalMs,
		TimeoutMs:  fetch.TimeoutMs,
		Families:   fetch.Families,
		Columns:    call.Each(fetch.Columns, func(column switchyard.Column) string { return string(column) }),
		Sets:       fetch.Sets,
	}
}

func sample(sample switchyard.Sample) switchyard_plugin_types.Sample {
	return switchyard_plugin_types.Sample{
		Rank:   sample.Rank,
		Values: sample.Values,
		Sets: call.Each(sample.Sets, func(set switchyard.StringSet) switchyard_plugin_types.StringSet {
			return switchyard_plugin_types.StringSet{Name: set.Name, Members: set.Members}
		}),
	}
}
