package runtime

import (
	"runtime"
	"unsafe"
)

// Memory of the host's arguments. Taken straight from the system, like the heap, because whoever grows
// wasm memory in another way breaks Go's belief that it alone does.
var arguments = arena{more: sbrk}

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
	if old != nil && size <= oldSize {
		return old
	}
	memory := arguments.take(uintptr(size), uintptr(align))
	if old != nil {
		copy(unsafe.Slice((*byte)(memory), size), unsafe.Slice((*byte)(old), oldSize))
	}
	return memory
}

// EndCall gives back what the host wrote for a call. Nothing may be kept of it: no string, no slice. What
// the call answers may still lie there, because it is not written over before the next call begins.
//
// It also lets the collector work. That runs beside the plugin's own code, and there is nobody here who would
// interrupt that code for it: a plugin that never waits would let a collection that began go on for millions of
// calls, and its memory grow all the while.
func EndCall() {
	if collecting != 0 {
		runtime.Gosched()
	}
	arguments.release()
}
