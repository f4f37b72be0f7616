package runtime

import (
	"testing"
	"unsafe"
)

// system stands for the host's memory.
type system struct {
	given []uintptr
	kept  [][]uint64
	most  int
}

func (s *system) more(size uintptr) unsafe.Pointer {
	if len(s.given) == s.most {
		return nil
	}
	memory := make([]uint64, size/8)
	s.given = append(s.given, size)
	s.kept = append(s.kept, memory)
	return unsafe.Pointer(&memory[0])
}

func newArena(most int) (*arena, *system) {
	s := &system{most: most}
	return &arena{more: s.more}, s
}

func TestPiecesDoNotOverlap(t *testing.T) {
	a, _ := newArena(20)
	type piece struct{ from, to uintptr }
	var pieces []piece
	for _, size := range []uintptr{1, 8, 3, 40000, 0, 30000, 7, 200000, 5} {
		at := uintptr(a.take(size, 8))
		if at%8 != 0 {
			t.Errorf("%d bytes lie at %#x, expected a multiple of 8", size, at)
		}
		for _, other := range pieces {
			if size > 0 && at < other.to && other.from < at+size {
				t.Errorf("%d bytes at %#x overlap %+v", size, at, other)
			}
		}
		pieces = append(pieces, piece{at, at + size})
	}
}

func TestMemoryIsUsedAgainAfterACall(t *testing.T) {
	a, s := newArena(20)
	call := func() {
		for range 1000 {
			a.take(300, 4)
		}
		a.take(1<<20, 8)
		a.release()
	}
	call()
	after := a.held()
	for range 10000 {
		call()
	}
	if a.held() != after {
		t.Errorf("holds %d bytes after many calls, expected %d as after the first", a.held(), after)
	}
	if after > 4<<20 {
		t.Errorf("holds %d bytes for calls of 1.3 MB, in chunks of %v", after, s.given)
	}
}

func TestChunksDouble(t *testing.T) {
	a, s := newArena(20)
	for range 64 {
		a.take(page, 8)
	}
	want := []uintptr{page, page, 2 * page, 4 * page, 8 * page, 16 * page, 32 * page}
	if len(s.given) != len(want) {
		t.Fatalf("found chunks of %v, expected %v", s.given, want)
	}
	for at, size := range want {
		if s.given[at] != size {
			t.Errorf("found chunks of %v, expected %v", s.given, want)
		}
	}
}

func TestWithoutMemoryItPanics(t *testing.T) {
	a, _ := newArena(1)
	a.take(page, 8)
	defer func() {
		if recover() == nil {
			t.Error("nothing happened, expected a panic")
		}
	}()
	a.take(1, 1)
}
