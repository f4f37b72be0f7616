package switchyard

import (
	"strconv"
	"strings"
)

// PerRow is something a plugin worked out about every endpoint when membership last changed, found by row.
//
// Names and labels cross into a plugin only then, so a rule about them is worked out once per generation and
// is an array access afterwards. The zero value knows no endpoint.
type PerRow[T any] struct {
	values []T
	known  []bool
}

// ResolvePerRow works out the value of each endpoint.
func ResolvePerRow[T any](endpoints []Endpoint, value func(Endpoint) T) PerRow[T] {
	length := 0
	for _, endpoint := range endpoints {
		length = max(length, int(endpoint.Row)+1)
	}
	perRow := PerRow[T]{values: make([]T, length), known: make([]bool, length)}
	for _, endpoint := range endpoints {
		perRow.values[endpoint.Row] = value(endpoint)
		perRow.known[endpoint.Row] = true
	}
	return perRow
}

// Get gives the value of the endpoint in this row, and whether there is such an endpoint.
func (perRow PerRow[T]) Get(row uint32) (value T, known bool) {
	if int(row) >= len(perRow.values) {
		return value, false
	}
	return perRow.values[row], perRow.known[row]
}

// Endpoint is one model server.
type Endpoint struct {
	// A number that stays with the endpoint for life.
	Row uint32
	// "namespace/name", unique among the endpoints; one entry per data-parallel rank.
	ID string
	// The part of ID after the slash.
	Name string
	// The part of ID before the slash.
	Namespace string
	// IPv4 or IPv6 literal, without brackets.
	Address string
	// Where it serves requests.
	Port uint16
	// Data-parallel rank; 0 where there is only one.
	Rank uint32
	// As discovery gave them, by key.
	Labels []Label
}

// Label is a key with its value.
type Label struct {
	Key   string
	Value string
}

// Label gives the value of a label, and whether the endpoint has it.
func (endpoint Endpoint) Label(key string) (value string, found bool) {
	for _, label := range endpoint.Labels {
		if label.Key == key {
			return label.Value, true
		}
	}
	return "", false
}

// HostPort gives "address:port", with an IPv6 address in brackets.
func (endpoint Endpoint) HostPort() string {
	port := ":" + strconv.Itoa(int(endpoint.Port))
	if strings.Contains(endpoint.Address, ":") {
		return "[" + endpoint.Address + "]" + port
	}
	return endpoint.Address + port
}
