package runtime

import (
	"runtime"
	"unsafe"
)

// The arena is taken straight from the system, like the heap, because whoever grows wasm memory in another way
// breaks Go's belief that it alone does.
var ofCall = memory{arena: arena{more: sbrk}}

// Whether Go is up. Set last of all in the program's start; before, the adapter between the two generations
// of WASI asks for memory that it keeps for good.
var started bool

//go:linkname sbrk runtime.sbrk
func sbrk(size uintptr) unsafe.Pointer

// What the collector is doing; 0: nothing.
//
//go:linkname collecting runtime.gcphase
var collecting uint32

func init() {
	started = true
}

// realloc is where the host asks for memory to write arguments to, and results of what a plugin calls.
//
//go:wasmexport cabi_realloc
func realloc(old unsafe.Pointer, oldSize, align, size uint32) unsafe.Pointer {
	if !started {
		return sbrk(uintptr(size))
	}
	ofCall.begin()
	if old != nil && size <= oldSize {
		return old
	}
	fresh := ofCall.arena.take(uintptr(size), uintptr(align))
	if old != nil {
		copy(unsafe.Slice((*byte)(fresh), size), unsafe.Slice((*byte)(old), oldSize))
	}
	return fresh
}

// Allocate gives the bindings memory for what they hand to the host, until the next call begins; before the
// first call, until the pinner lets go of it.
func Allocate(pinner *runtime.Pinner, size, align uintptr) unsafe.Pointer {
	return ofCall.allocate(pinner, size, align)
}

// Unpin is called by the bindings when a call's arguments became Go values. These values still lie where
// the host wrote them, so nothing is given back.
func Unpin() {}

// Floats gives zeros until the next call begins.
func Floats(count int) []float64 {
	const size, align = 8, 8
	floats := unsafe.Slice((*float64)(ofCall.arena.take(uintptr(count)*size, align)), count)
	clear(floats)
	return floats
}

// BeginCall is called before a plugin's code runs.
func BeginCall() {
	ofCall.begin()
}

// EndCall is called after a plugin's code ran. Nothing may be kept of what the host wrote for the call: no
// string, no slice.
//
// It also lets the collector work. That runs beside the plugin's own code, and there is nobody here who would
// interrupt that code for it: a plugin that never waits would let a collection that began go on for millions of
// calls, and its memory grow all the while.
func EndCall() {
	if collecting != 0 {
		runtime.Gosched()
	}
	ofCall.end()
}
