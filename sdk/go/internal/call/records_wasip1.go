package call

import (
	"strings"

	"switchyard"
	"switchyard/internal/bindings/switchyard_plugin_types"
	"switchyard/internal/guest"
)

// Stages are those that the component exports; each export adds its own.
var Stages []guest.Stage

// Headers are headers in the contract's words.
func Headers(headers []switchyard.Header) []switchyard_plugin_types.Header {
	return Each(headers, func(header switchyard.Header) switchyard_plugin_types.Header {
		return switchyard_plugin_types.Header{Name: header.Name, Value: header.Value}
	})
}

// Decision is a decision in the contract's words.
func Decision(decision switchyard.Decision) switchyard_plugin_types.Decision {
	return switchyard_plugin_types.Decision{
		Primary: decision.Primary,
		Targets: Each(decision.Targets, func(target switchyard.Target) switchyard_plugin_types.Target {
			return switchyard_plugin_types.Target{Row: target.Row, Port: target.Port}
		}),
		SetHeaders: Headers(decision.SetHeaders),
	}
}

// Endpoints are the host's endpoints as a plugin may keep them.
func Endpoints(endpoints []switchyard_plugin_types.Endpoint) []switchyard.Endpoint {
	texts := newTexts(endpoints)
	return Each(endpoints, func(endpoint switchyard_plugin_types.Endpoint) switchyard.Endpoint {
		return switchyard.Endpoint{
			Row:       endpoint.Row,
			ID:        texts.next(endpoint.Id),
			Name:      texts.next(endpoint.Name),
			Namespace: texts.next(endpoint.Namespace),
			Address:   texts.next(endpoint.Address),
			Port:      endpoint.Port,
			Rank:      endpoint.Rank,
			Labels: Each(endpoint.Labels, func(label switchyard_plugin_types.Label) switchyard.Label {
				return switchyard.Label{Key: texts.next(label.Key), Value: texts.next(label.Value)}
			}),
		}
	})
}

// texts copies the strings of all endpoints as one: a thousand endpoints have tens of thousands.
type texts struct {
	rest string
}

func newTexts(endpoints []switchyard_plugin_types.Endpoint) *texts {
	size := 0
	eachText(endpoints, func(text string) { size += len(text) })
	var all strings.Builder
	all.Grow(size)
	eachText(endpoints, func(text string) { all.WriteString(text) })
	return &texts{rest: all.String()}
}

func eachText(endpoints []switchyard_plugin_types.Endpoint, do func(string)) {
	for _, endpoint := range endpoints {
		for _, text := range [...]string{endpoint.Id, endpoint.Name, endpoint.Namespace, endpoint.Address} {
			do(text)
		}
		for _, label := range endpoint.Labels {
			do(label.Key)
			do(label.Value)
		}
	}
}

// next gives the copy of a text; they come in the order in which they were copied.
func (t *texts) next(text string) string {
	next := t.rest[:len(text)]
	t.rest = t.rest[len(text):]
	return next
}
