package switchyard

// Capability is something a plugin may only do when it said so.
type Capability string

// The capabilities there are.
const (
	// Read the request's body.
	CapabilityBody Capability = "body"
	// Use the key-value store of package state.
	CapabilityState Capability = "state"
)

// Needs is what a plugin reads and may do. The zero value needs nothing.
type Needs struct {
	// Columns without which the plugin makes no sense: if nothing produces one, the configuration is refused.
	Columns []Column
	// Columns that are NaN where nothing produces them.
	OptionalColumns []Column
	// Scalars without which the plugin makes no sense.
	Scalars []Scalar
	// Scalars that are NaN where nothing produces them.
	OptionalScalars []Scalar
	// Columns the plugin writes with package owncolumns, where a column's index is its place in this list.
	// The host offers each to every plugin under the name given here.
	OwnColumns []string
	// What else it may do.
	Capabilities []Capability
}

// The host hands over columns and scalars in the order in which the contract's needs name them, which is: the
// required ones, then the optional ones.

func (needs *Needs) columnCount() int {
	return len(needs.Columns) + len(needs.OptionalColumns)
}

func (needs *Needs) columnPosition(wanted Column) (int, bool) {
	return position(wanted, needs.Columns, needs.OptionalColumns)
}

func (needs *Needs) scalarPosition(wanted Scalar) (int, bool) {
	return position(wanted, needs.Scalars, needs.OptionalScalars)
}

func position[N comparable](wanted N, required, optional []N) (int, bool) {
	for at, name := range required {
		if name == wanted {
			return at, true
		}
	}
	for at, name := range optional {
		if name == wanted {
			return len(required) + at, true
		}
	}
	return 0, false
}
