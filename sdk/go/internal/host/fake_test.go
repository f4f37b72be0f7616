//go:build !wasip1

package host

import (
	"math"
	"testing"
)

func TestTheBodyIsReadInPieces(t *testing.T) {
	Current = NewFake()
	Current.Request.Body = []byte("hello")
	for _, check := range []struct {
		offset uint64
		length uint32
		want   string
	}{{0, 2, "he"}, {3, 100, "lo"}, {5, 1, ""}, {100, 1, ""}, {0, 0, ""}} {
		if found := string(RequestBody(check.offset, check.length)); found != check.want {
			t.Errorf("%+v: found %q", check, found)
		}
	}
}

func TestTheStoreKeepsCopiesUpToAMebibyte(t *testing.T) {
	Current = NewFake()
	value := []byte("a")
	if _, _, kept := StateSet("key", value, 0); !kept {
		t.Error("a small value was not kept")
	}
	value[0] = 'b'
	if found, _ := StateGet("key"); string(found) != "a" {
		t.Errorf("found %s, expected a", found)
	}
	StateRemove("key")
	if _, found := StateGet("key"); found {
		t.Error("a value was found after it was removed")
	}
	if _, message, kept := StateSet("key", make([]byte, 1<<20), 0); kept || message == "" {
		t.Errorf("too large a value was kept, %q", message)
	}
}

func TestUnknownCountsAsZeroWhenAdding(t *testing.T) {
	Current = NewFake()
	OwnColumnSet(0, 1, math.NaN())
	OwnColumnAdd(0, 1, 2)
	if found := Current.Columns[Cell{0, 1}]; found != 2 {
		t.Errorf("found %v, expected 2", found)
	}
}
