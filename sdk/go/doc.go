// Package switchyard is for writing Switchyard plugins in Go.
//
// A plugin is a type with the methods of its stages ([Scorer], [Filter], [Picker] and so on) and a
// [Definition] that says who it is. In the plugin's main package, `component.Export` makes a component of it:
//
//	// Roomy prefers servers with room in their KV cache.
//	type Roomy struct{}
//
//	func (Roomy) Needs() switchyard.Needs {
//		return switchyard.Needs{Columns: []switchyard.Column{switchyard.ColumnKvCacheUsage}}
//	}
//
//	func (Roomy) Score(_ switchyard.Request, endpoints switchyard.Endpoints, scores []float64) error {
//		score.Each(scores, endpoints.Column(switchyard.ColumnKvCacheUsage), func(used float64) float64 {
//			return 1 - used
//		})
//		return nil
//	}
//
//	func init() {
//		component.Export(switchyard.Definition[switchyard.NoSettings]{
//			Name:    "roomy-scorer",
//			Version: "1.0.0",
//			Summary: "Prefers servers with room in their KV cache",
//			New: func(switchyard.NoSettings) (switchyard.Plugin, error) { return Roomy{}, nil },
//		})
//	}
//
// Three rules hold everywhere:
//
//   - A number that is not known is NaN, never 0.
//   - There are several instances of a plugin, each serves one call at a time, and any may be replaced at any
//     time. What must last or be shared goes to package state or to own columns.
//   - A slice that a method is given lives as long as the call. Strings may be kept.
//
// Package switchyardtest runs a plugin as ordinary Go, so that `go test` needs no WebAssembly.
package switchyard
