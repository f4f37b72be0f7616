// Package owncolumns writes the columns that a plugin declared as its own: shared by its instances, read by
// any plugin.
//
// A column's index is its place in switchyard.Needs.OwnColumns. An index or row that does not exist is ignored.
package owncolumns

import "switchyard/internal/host"

// Set writes the value of an endpoint. NaN: not known any more.
func Set(column, row uint32, value float64) {
	host.OwnColumnSet(column, row, value)
}

// Add adds to the value of an endpoint, whatever other instances do meanwhile. NaN counts as 0 before.
func Add(column, row uint32, delta float64) {
	host.OwnColumnAdd(column, row, delta)
}
