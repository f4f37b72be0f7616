// Package runtime is what lies between generated bindings and Go's memory.
//
// It stands in for the package of the same name that the bindings generator expects. It differs in where
// the host's arguments go: never into collected memory. While the host writes arguments a component may
// not call out, but an allocation can start a collection, which asks for the time, and then the host ends
// the call ("cannot leave component instance"). So arguments go into an arena beside Go's heap, and live
// no longer than the call they belong to.
package runtime

import (
	"runtime"
	"unsafe"
)

// Allocate gives collected memory that stays where it is until the pinner lets go of it: for what is handed to
// the host.
func Allocate(pinner *runtime.Pinner, size, align uintptr) unsafe.Pointer {
	if size == 0 {
		return nil
	}
	// Words of eight bytes are aligned for anything the contract can hold.
	words := make([]uint64, (size+7)/8)
	memory := unsafe.Pointer(unsafe.SliceData(words))
	pinner.Pin(memory)
	return memory
}

// Unpin is called by the bindings when a call's arguments became Go values. These values still lie where
// the host wrote them, so nothing is given back before [EndCall].
func Unpin() {}
