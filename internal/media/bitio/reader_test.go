package bitio

import "testing"

func TestReader(t *testing.T) {
	t.Parallel()
	// 101 | 1 | 010 | 00110 | 00101 (-2) | 000
	r := New([]byte{0b1011_0100, 0b0110_0010, 0b1000_0000, 0xff})
	if a, b, c, d, e := r.U(3), r.UE(), r.UE(), r.UE(), r.SE(); a != 5 || b != 0 || c != 1 || d != 5 || e != -2 {
		t.Errorf("%d %d %d %d %d", a, b, c, d, e)
	}
	if r.Align(); r.Taken() != 3 || r.Short {
		t.Errorf("%d bytes are taken, short %t", r.Taken(), r.Short)
	}
	if v := r.U(8); v != 255 || r.Short {
		t.Errorf("%d", v)
	}
	if v := r.U(1); v != 0 || !r.Short {
		t.Errorf("%d beyond the end, short %t", v, r.Short)
	}
}

func TestEmulationPrevention(t *testing.T) {
	t.Parallel()
	r := NewNAL([]byte{0x67, 0, 0, 3, 1, 0, 0, 3}, 1)
	if v := r.U(24); v != 1 || r.Taken() != 5 {
		t.Errorf("%d, %d bytes", v, r.Taken())
	}
	if r.Skip(16); r.Short || r.Flag() || !r.Short {
		t.Error("the last byte is none of the payload")
	}
}

func TestBroken(t *testing.T) {
	t.Parallel()
	if r := New(make([]byte, 8)); r.UE() != 0 || !r.Short {
		t.Error("64 zeros are taken for a number")
	}
	if r := New([]byte{0b0010_1000}); r.UpTo(3) != 0 || !r.Short {
		t.Error("4 is taken, and at most 3 is possible")
	}
	r := New([]byte{1})
	if r.Skip(1 << 62); !r.Short {
		t.Error("a byte has so many bits")
	}
}
