package runtime

import (
	"runtime"
	"testing"
	"unsafe"
)

func TestMemoryLastsUntilTheNextCall(t *testing.T) {
	a, _ := newArena(20)
	m := memory{arena: *a}
	var pinner runtime.Pinner
	take := func() unsafe.Pointer { return m.allocate(&pinner, 8, 8) }

	m.begin()
	first := take()
	m.begin()
	if second := take(); second == first {
		t.Error("memory was given twice within a call")
	}
	m.end()
	// The answer is written after the end, and may not lie where arguments do.
	if answer := take(); answer == first {
		t.Error("memory was given to an answer before the next call began")
	}
	m.begin()
	if next := take(); next != first {
		t.Errorf("the next call begins at %p, expected %p as the first", next, first)
	}
}

func TestWhatIsAllocatedBeforeAnyCallIsForGood(t *testing.T) {
	a, s := newArena(20)
	m := memory{arena: *a}
	var pinner runtime.Pinner
	defer pinner.Unpin()
	before := m.allocate(&pinner, 12, 4)
	if len(s.given) != 0 {
		t.Error("it was taken from the arena, which is used again")
	}
	m.begin()
	if during := m.allocate(&pinner, 12, 4); during == before || len(s.given) != 1 {
		t.Error("memory of a call was not taken from the arena")
	}
	if nothing := m.allocate(&pinner, 0, 4); nothing != nil {
		t.Errorf("found %p for nothing, expected nil", nothing)
	}
}
