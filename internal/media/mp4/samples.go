package mp4

// parseSamples joins the tables of stbl (ISO/IEC 14496-12, 8.6 and 8.7) into
// samples, at most limit of them, whose PTS still lacks the edit list.
func parseSamples(stbl []byte, fileSize int64, limit int) ([]Sample, error) {
	samples, err := parseSizes(stbl, fileSize, limit)
	if err != nil {
		return nil, err
	}
	if err := addOffsets(stbl, samples, fileSize); err != nil {
		return nil, err
	}
	if err := addTimes(stbl, samples); err != nil {
		return nil, err
	}
	if err := addComposition(stbl, samples); err != nil {
		return nil, err
	}
	return samples, addSync(stbl, samples)
}

func parseSizes(stbl []byte, fileSize int64, limit int) ([]Sample, error) {
	data, ok := find(stbl, "stsz")
	if !ok {
		return nil, malformed("there is no stsz box")
	}
	f := &fields{data: data}
	f.full()
	common := f.u32()
	n := f.u32()
	if f.short || uint64(n) > uint64(limit) ||
		uint64(n)*uint64(common) > uint64(fileSize) ||
		(common == 0 && uint64(n)*4 > uint64(len(f.data))) {
		return nil, malformed("stsz claims %d samples", n)
	}
	samples := make([]Sample, n)
	for i := range samples {
		samples[i].Size = common
		if common == 0 {
			samples[i].Size = f.u32()
		}
	}
	return samples, nil
}

// addOffsets walks the chunks, in the runs of equal size that stsc gives.
func addOffsets(stbl []byte, samples []Sample, fileSize int64) error {
	chunks, err := chunkOffsets(stbl)
	if err != nil {
		return err
	}
	data, _ := find(stbl, "stsc")
	f := &fields{data: data}
	f.full()
	runs := f.count(12)
	type run struct{ first, perChunk uint32 }
	list := make([]run, 0, runs)
	for range runs {
		list = append(list, run{f.u32(), f.u32()})
		f.skip(4)
	}
	next := 0
	for i, r := range list {
		end := uint32(len(chunks)) + 1
		if i+1 < len(list) {
			end = list[i+1].first
		}
		if r.first == 0 || end < r.first || end > uint32(len(chunks))+1 {
			return malformed("stsc is not in order")
		}
		for c := r.first; c < end; c++ {
			at := chunks[c-1]
			for range r.perChunk {
				if next == len(samples) {
					return nil
				}
				s := &samples[next]
				if at < 0 || at > fileSize || int64(s.Size) > fileSize-at {
					return malformed("sample %d lies beyond the end of the file", next+1)
				}
				s.Offset = at
				at += int64(s.Size)
				next++
			}
		}
	}
	if next < len(samples) {
		return malformed("%d of %d samples are in no chunk", len(samples)-next, len(samples))
	}
	return nil
}

func chunkOffsets(stbl []byte) ([]int64, error) {
	data, wide := find(stbl, "co64")
	size := 8
	if !wide {
		data, _ = find(stbl, "stco")
		size = 4
	}
	f := &fields{data: data}
	f.full()
	out := make([]int64, f.count(size))
	for i := range out {
		if wide {
			out[i] = f.i64()
		} else {
			out[i] = int64(f.u32())
		}
	}
	if f.short {
		return nil, malformed("the table of chunk offsets is missing or broken")
	}
	return out, nil
}

func addTimes(stbl []byte, samples []Sample) error {
	data, _ := find(stbl, "stts")
	f := &fields{data: data}
	f.full()
	next, at := 0, int64(0)
	for range f.count(8) {
		count, delta := f.u32(), f.u32()
		for ; count > 0 && next < len(samples); count-- {
			samples[next].PTS, samples[next].Duration = at, delta
			at += int64(delta)
			next++
		}
		if at > maxTime {
			return malformed("sample times are out of range")
		}
	}
	if f.short || next < len(samples) {
		return malformed("stts is missing or has times for %d of %d samples", next, len(samples))
	}
	return nil
}

// addComposition adds the offsets of ctts. Both versions are read as signed:
// writers put negative offsets into version 0, too.
func addComposition(stbl []byte, samples []Sample) error {
	data, ok := find(stbl, "ctts")
	if !ok {
		return nil
	}
	f := &fields{data: data}
	f.full()
	next := 0
	for range f.count(8) {
		count, offset := f.u32(), f.i32()
		for ; count > 0 && next < len(samples); count-- {
			samples[next].PTS += int64(offset)
			next++
		}
	}
	if f.short {
		return malformed("ctts is broken")
	}
	return nil
}

func addSync(stbl []byte, samples []Sample) error {
	data, ok := find(stbl, "stss")
	if !ok { // every sample is a sync sample (8.6.2)
		for i := range samples {
			samples[i].Sync = true
		}
		return nil
	}
	f := &fields{data: data}
	f.full()
	for range f.count(4) {
		n := f.u32()
		if n == 0 || uint64(n) > uint64(len(samples)) {
			return malformed("stss names sample %d of %d", n, len(samples))
		}
		samples[n-1].Sync = true
	}
	if f.short {
		return malformed("stss is broken")
	}
	return nil
}
