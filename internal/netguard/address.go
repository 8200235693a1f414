package netguard

import "net/netip"

// public tells whether addr is a plain global unicast address: none that the
// IANA special-purpose registries (RFC 6890) list, and none that another
// address is embedded in (NAT64, 6to4, Teredo), which a gateway could turn
// into a private one. addr has no zone and is not IPv4-mapped.
func public(addr netip.Addr) bool {
	if addr.Is6() && !netip.MustParsePrefix("2000::/3").Contains(addr) {
		return false // all of IPv6 that is global unicast today (RFC 4291)
	}
	for _, text := range special() {
		if netip.MustParsePrefix(text).Contains(addr) {
			return false
		}
	}
	return addr.IsValid()
}

// special lists what is not public within IPv4 and 2000::/3.
func special() []string {
	return []string{
		"0.0.0.0/8",       // this network
		"10.0.0.0/8",      // private, RFC 1918
		"100.64.0.0/10",   // shared by carriers, RFC 6598
		"127.0.0.0/8",     // loopback
		"169.254.0.0/16",  // link-local; clouds serve credentials there
		"172.16.0.0/12",   // private, RFC 1918
		"192.0.0.0/24",    // protocol assignments
		"192.0.2.0/24",    // documentation
		"192.88.99.0/24",  // 6to4 relays, RFC 7526
		"192.168.0.0/16",  // private, RFC 1918
		"198.18.0.0/15",   // benchmarks
		"198.51.100.0/24", // documentation
		"203.0.113.0/24",  // documentation
		"224.0.0.0/4",     // multicast
		"240.0.0.0/4",     // reserved, broadcast
		"2001::/23",       // protocol assignments, Teredo
		"2001:db8::/32",   // documentation
		"2002::/16",       // 6to4
		"3fff::/20",       // documentation
	}
}

// unmapped turns a prefix of IPv4-mapped addresses into one of IPv4.
func unmapped(p netip.Prefix) netip.Prefix {
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		return netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p
}
