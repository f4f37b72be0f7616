package main

import "switchyard/component"

func init() {
	component.Export(definition)
}

// A component is called, never run.
func main() {}
