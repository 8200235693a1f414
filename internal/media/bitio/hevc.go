package bitio

// SkipSublayers passes over what profile_tier_level of HEVC says of that many
// sub-layers, at most 8 (ISO/IEC 23008-2, 7.3.3).
func (r *Reader) SkipSublayers(layers int) {
	var profile, level [8]bool
	for i := range layers {
		profile[i], level[i] = r.Flag(), r.Flag()
	}
	if layers > 0 {
		r.Skip(2 * (8 - layers))
	}
	for i := range layers {
		if profile[i] {
			r.Skip(88)
		}
		if level[i] {
			r.Skip(8)
		}
	}
}

// SkipScalingData passes over scaling_list_data of HEVC (ISO/IEC 23008-2, 7.3.4).
func (r *Reader) SkipScalingData() {
	for size := range 4 {
		step := 1
		if size == 3 {
			step = 3
		}
		for matrix := 0; matrix < 6; matrix += step {
			if !r.Flag() {
				r.UE()
				continue
			}
			if size > 1 {
				r.SE()
			}
			for range min(64, 1<<(4+2*size)) {
				r.SE()
			}
		}
	}
}
