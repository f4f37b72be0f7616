package switchyard

import (
	"math"

	"switchyard/internal/host"
)

// Endpoints are the endpoints of one call and their numbers.
//
// A call carries row numbers and one flat list of numbers. Endpoints is a view of both that finds a column
// by its name. It copies nothing, so none of its slices lives longer than the call.
type Endpoints struct {
	rows   []uint32
	inputs []float64
	needs  *Needs
}

// NewEndpoints lays a view over rows and the numbers that came with them, for a plugin with these needs.
func NewEndpoints(rows []uint32, inputs []float64, needs *Needs) Endpoints {
	return Endpoints{rows: rows, inputs: inputs, needs: needs}
}

// Rows gives their row numbers, in the host's order.
func (endpoints Endpoints) Rows() []uint32 {
	return endpoints.rows
}

// Len says how many there are.
func (endpoints Endpoints) Len() int {
	return len(endpoints.rows)
}

// Column gives one value per row, in their order. All are NaN, with an error in the log, for a column that
// the plugin's needs do not name.
func (endpoints Endpoints) Column(column Column) []float64 {
	rows := len(endpoints.rows)
	if at, named := endpoints.needs.columnPosition(column); named {
		if from, to := at*rows, (at+1)*rows; to <= len(endpoints.inputs) {
			return endpoints.inputs[from:to:to]
		}
	}
	undeclared(string(column))
	unknown := make([]float64, rows)
	for at := range unknown {
		unknown[at] = math.NaN()
	}
	return unknown
}

// Scalar gives one number about the request. It is NaN, with an error in the log, for a scalar that the
// plugin's needs do not name.
func (endpoints Endpoints) Scalar(scalar Scalar) float64 {
	if at, named := endpoints.needs.scalarPosition(scalar); named {
		if at += endpoints.needs.columnCount() * len(endpoints.rows); at < len(endpoints.inputs) {
			return endpoints.inputs[at]
		}
	}
	undeclared(string(scalar))
	return math.NaN()
}

func undeclared(name string) {
	host.Log(host.Error, "the plugin read `"+name+"`, which its needs do not name")
}
