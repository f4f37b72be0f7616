package runtime

import "unsafe"

// What sbrk gives at least, and a multiple of what it gives: a page of WebAssembly.
const page = 64 << 10

// arena hands out memory that is given back all at once, after each call.
//
// It keeps what it ever took from the host, so that memory stays flat however many calls there are. Every
// chunk is at least as large as all before it together; this many of them are more than an address space.
type arena struct {
	// more gives zeroed memory at the beginning of a page, or nil where there is none left.
	more   func(size uintptr) unsafe.Pointer
	chunks [20]chunk
	// How many of the chunks there are.
	count int
	// The chunk that memory is taken from, and how much of it is taken.
	current int
	used    uintptr
}

type chunk struct {
	base unsafe.Pointer
	size uintptr
}

// take gives memory that nobody else has until the next release. align is a power of two, at most a page.
func (a *arena) take(size, align uintptr) unsafe.Pointer {
	for ; a.current < a.count; a.current++ {
		chunk := &a.chunks[a.current]
		start := (a.used + align - 1) &^ (align - 1)
		if start <= chunk.size && size <= chunk.size-start {
			a.used = start + size
			return unsafe.Add(chunk.base, start)
		}
		a.used = 0
	}
	a.grow(size)
	a.used = size
	return a.chunks[a.current].base
}

// grow adds a chunk with room for size.
func (a *arena) grow(size uintptr) {
	size = max(size, a.held(), page)
	size = (size + page - 1) &^ (page - 1)
	base := a.more(size)
	if base == nil {
		panic("switchyard: no memory is left for what the host hands over")
	}
	a.chunks[a.count] = chunk{base: base, size: size}
	a.current = a.count
	a.count++
}

// held is the size of all chunks together.
func (a *arena) held() uintptr {
	var size uintptr
	for _, chunk := range a.chunks[:a.count] {
		size += chunk.size
	}
	return size
}

// release takes everything back that was handed out.
func (a *arena) release() {
	a.current, a.used = 0, 0
}
