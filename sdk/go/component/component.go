// Package component makes a component of a plugin's main package.
package component

import (
	"switchyard"
	"switchyard/internal/guest"
)

// Definition is a switchyard.Definition, whatever its settings.
type Definition = guest.Definition

// Export says which plugin the component is. Call it once, in `func init` of the main package: a component
// is called, never run, so `func main` stays empty.
func Export(definition Definition) {
	guest.Installed = guest.New(definition)
}

var _ Definition = switchyard.Definition[switchyard.NoSettings]{}
