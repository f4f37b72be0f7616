// Package runtime is what lies between generated bindings and Go's memory.
//
// It stands in for the package of the same name that the bindings generator expects. It differs in where
// the host's arguments go: never into collected memory. While the host writes arguments a component may
// not call out, but an allocation can start a collection, which asks for the time, and then the host ends
// the call ("cannot leave component instance"). So arguments go into an arena beside Go's heap, and live
// no longer than the call they belong to.
//
// What else lives no longer than a call goes there too, because it costs the collector nothing.
package runtime

import (
	"runtime"
	"unsafe"
)

// memory of a call: what the host writes, and what is handed to it.
type memory struct {
	arena arena
	// Whether a call has ended and the next one has not begun. Its memory is taken back only then: the host
	// reads the answer after the end, and it may lie among the arguments.
	ended bool
	// Whether any call has begun. What is allocated before is for good.
	called bool
}

// begin is the beginning of a call: its arguments if it has any, else its code.
func (m *memory) begin() {
	if m.ended {
		m.ended = false
		m.arena.release()
	}
	m.called = true
}

func (m *memory) end() {
	m.ended = true
}

// allocate gives memory until the next call begins.
func (m *memory) allocate(pinner *runtime.Pinner, size, align uintptr) unsafe.Pointer {
	if size == 0 {
		return nil
	}
	if m.called {
		return m.arena.take(size, align)
	}
	// Words of eight bytes are aligned for anything the contract can hold.
	words := make([]uint64, (size+7)/8)
	first := unsafe.Pointer(unsafe.SliceData(words))
	pinner.Pin(first)
	return first
}
