package cenc

// nalUnits splits a sample into its NAL units, each after its length of that
// many bytes (ISO/IEC 14496-15, 4.3.3).
func nalUnits(sample []byte, lengthSize int, each func(nal []byte) error) error {
	for len(sample) > 0 {
		if len(sample) < lengthSize {
			return malformed("%d bytes are left over after the last NAL unit", len(sample))
		}
		size := uint64(0)
		for _, b := range sample[:lengthSize] {
			size = size<<8 | uint64(b)
		}
		sample = sample[lengthSize:]
		if size > uint64(len(sample)) {
			return malformed("a NAL unit claims %d bytes where %d are left", size, len(sample))
		}
		if err := each(sample[:size]); err != nil {
			return err
		}
		sample = sample[size:]
	}
	return nil
}

// sets reads parameter sets out of a decoder configuration record: n of them,
// each after a length of 16 bits. It gives what follows.
func sets(record []byte, n int, each func(nal []byte) error) ([]byte, error) {
	for range n {
		if len(record) < 2 {
			return nil, malformed("the decoder configuration is cut off")
		}
		size := int(record[0])<<8 | int(record[1])
		if record = record[2:]; size > len(record) {
			return nil, malformed("the decoder configuration is cut off")
		}
		if err := each(record[:size]); err != nil {
			return nil, err
		}
		record = record[size:]
	}
	return record, nil
}

// log2 is how many bits numbers below n need: Ceil(Log2(n)).
func log2(n int) int {
	bits := 0
	for 1<<bits < n {
		bits++
	}
	return bits
}
