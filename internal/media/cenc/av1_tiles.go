package cenc

import "github.com/via-orchestrate/orchestrate/internal/media/bitio"

// Limits of tiles (AV1, 3).
const (
	maxTileWidth = 4096
	maxTileArea  = 4096 * 2304
	maxTileCount = 64 // columns, rows
)

// readTiles reads tile_info (5.9.15).
func (f *av1Frame) readTiles(r *bitio.Reader) {
	shift := 6 // of superblocks, in samples
	if f.sequence.superblock128 {
		shift = 7
	}
	blocks := func(samples int) int {
		units := 2 * ((samples + 7) >> 3) // of 4 samples
		return (units<<2 + 1<<shift - 1) >> shift
	}
	columns, rows := blocks(f.width), blocks(f.height)
	if columns == 0 || rows == 0 {
		r.Short = true
		return
	}
	maxWidth, maxArea := maxTileWidth>>shift, maxTileArea>>(2*shift)
	minColumns := tileLog2(maxWidth, columns)
	minTiles := max(minColumns, tileLog2(maxArea, rows*columns))
	var columnBits, rowBits int
	if r.Flag() { // uniform_tile_spacing_flag
		f.tileColumns, columnBits = uniformTiles(r, columns, minColumns)
		f.tileRows, rowBits = uniformTiles(r, rows, max(minTiles-columnBits, 0))
	} else {
		var widest int
		f.tileColumns, widest = explicitTiles(r, columns, maxWidth)
		area := rows * columns
		if minTiles > 0 {
			area >>= minTiles + 1
		}
		f.tileRows, _ = explicitTiles(r, rows, max(area/max(widest, 1), 1))
		columnBits, rowBits = tileLog2(1, f.tileColumns), tileLog2(1, f.tileRows)
	}
	if f.tileBits = columnBits + rowBits; f.tileBits > 0 {
		r.Skip(f.tileBits) // context_update_tile_id
		f.tileSizeBytes = r.U(2) + 1
	}
}

// tileLog2 is the smallest k for which size << k is at least target.
func tileLog2(size, target int) int {
	k := 0
	for size<<k < target {
		k++
	}
	return k
}

func uniformTiles(r *bitio.Reader, blocks, least int) (count, bits int) {
	most := tileLog2(1, min(blocks, maxTileCount))
	for bits = least; bits < most && r.Flag(); {
		bits++
	}
	size := (blocks + 1<<bits - 1) >> bits
	return (blocks + size - 1) / size, bits
}

func explicitTiles(r *bitio.Reader, blocks, most int) (count, widest int) {
	for at := 0; at < blocks && !r.Short; count++ {
		if count == maxTileCount {
			r.Short = true
			break
		}
		size := readNS(r, min(blocks-at, most)) + 1
		widest = max(widest, size)
		at += size
	}
	return count, widest
}

// readNS reads a number below n (4.10.7).
func readNS(r *bitio.Reader, n int) int {
	bits := 0
	for x := n; x > 0; x >>= 1 {
		bits++
	}
	short := 1<<bits - n
	v := r.U(bits - 1)
	if v < short {
		return v
	}
	return v<<1 - short + r.Bit()
}
